"""``symlens fit``: samples to a run file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from symlens.cli.files import Samples, read_to_learn, require_new
from symlens.cli.report import out, print_run
from symlens.config.yaml_text import parse
from symlens.errors import ConfigError
from symlens.lens.inputs import method_settings

CYCLIC: Mapping[str, bool | str] = {"yes": True, "no": False, "auto": "auto"}


def run(
    *,
    data: Path,
    variable: str | None,
    output: Path,
    force: bool,
    method: str,
    cyclic: str,
    seed: int,
    samples: int | None,
    settings: Sequence[str],
) -> None:
    """Learn the symmetry of a file of samples and write it."""
    require_new(output, (".nc",), force=force)
    chosen = method_settings(method, _settings(samples, settings))
    given = read_to_learn(data, variable)
    lens = learn(
        given, method=method, cyclic=CYCLIC[cyclic], seed=seed, settings=chosen.model_dump()
    )
    lens.run_ = lens.run_.assign_attrs(experiment=data.stem, data_file=str(data))
    lens.save(output)
    print_run(lens.run_)
    out.print(f"written to {output}; look at it: symlens show {output} -o figure.png")


def learn(
    given: Samples, *, method: str, cyclic: bool | str, seed: int, settings: Mapping[str, Any]
) -> Any:
    """Fit the estimator to samples of a file, with a line of progress on a terminal."""
    import pandas as pd

    from symlens.lens.estimator import SymmetryLens

    lens = SymmetryLens(method, cyclic=cyclic, random_state=seed, settings=settings, verbose=True)
    named = given.names is not None
    return lens.fit(pd.DataFrame(given.x, columns=given.names) if named else given.x)


def _settings(samples: int | None, given: Sequence[str]) -> dict[str, Any]:
    """Give the settings written as ``key=value``, with values as in YAML."""
    settings: dict[str, Any] = {} if samples is None else {"samples": samples}
    for text in given:
        key, mark, value = text.partition("=")
        if not (key and mark):
            raise ConfigError([f"--set {text}: KEY=VALUE expected, e.g. --set rounds=2"])
        try:
            settings[key] = parse(value)
        except yaml.YAMLError as error:
            raise ConfigError([f"--set {text}: {value!r} is not a value of YAML"]) from error
    return settings
