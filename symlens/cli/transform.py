"""``symlens transform``: samples in the canonical representation of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from symlens import store
from symlens.cli.files import Samples, read_to_apply, require_new, write_samples
from symlens.cli.report import out
from symlens.errors import DataError
from symlens.lens.runfile import feature_names, provenance_of, symmetry_from
from symlens.lens.schemas import RUN

if TYPE_CHECKING:
    import xarray as xr


def run(*, run_file: Path, data: Path, variable: str | None, output: Path, force: bool) -> None:
    """Write the samples of a file in canonical coordinates."""
    require_new(output, (".nc", ".npy", ".csv"), force=force)
    learned = store.read(run_file, RUN)
    samples = read_to_apply(data, variable)
    mistake = feature_mistake(samples, learned)
    if mistake is not None:
        raise DataError(f"{data}: {mistake}")
    canonical = symmetry_from(learned).transform(samples.x.astype("float64")).astype("float32")
    write_samples(output, canonical, provenance_of(learned))
    out.print(f"{canonical.shape[0]} samples of {canonical.shape[1]} pixels written to {output}")


def feature_mistake(samples: Samples, learned: xr.Dataset) -> str | None:
    """Give one line on features other than those a symmetry was learned on, or None."""
    found, expected = samples.x.shape[1], learned.sizes["pixel"]
    if found != expected:
        return f"{expected} features expected, as in the run, found {found}"
    names = feature_names(learned)
    if names is None or samples.names is None:
        return None
    for column, (name, other) in enumerate(zip(names, samples.names, strict=True)):
        if name != other:
            return f"column {column} is {other!r}, the run was learned with {name!r} there"
    return None
