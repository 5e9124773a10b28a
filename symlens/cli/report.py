"""What the commands print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    import xarray as xr

out = Console(highlight=False, soft_wrap=True)
"""Standard output; colours on a terminal only."""

MEANING = {
    "symmetry": ("green", "held-out samples are stationary in the canonical coordinates"),
    "no symmetry": ("red", "held-out samples are not stationary in the coordinates found"),
    "not identifiable": (
        "yellow",
        "any rotation leaves the samples alike, or they are too few to tell",
    ),
}


def print_facts(facts: Iterable[tuple[str, str | Text]]) -> None:
    """Print a name and a value per line, aligned."""
    rows = list(facts)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        out.print(Text.assemble((f"{name:<{width}}  ", "bold"), value))


def verdict_text(verdict: str) -> Text:
    """Verdict with what it means."""
    colour, meaning = MEANING[verdict]
    return Text.assemble((verdict, f"bold {colour}"), f" ({meaning})")


def run_facts(run: xr.Dataset) -> list[tuple[str, str | Text]]:
    """What a run file says, for a reader: the answer, its evidence, where it comes from."""
    attrs = run.attrs
    null = run["symmetry_null"].to_numpy()
    surrogates = f"{null.size} surrogates without symmetry: {null.min():.4g} to {null.max():.4g}"
    group = "cyclic" if attrs["cyclic"] else "not cyclic (a window)"
    steps = run["step"].to_numpy()
    facts: list[tuple[str, str | Text]] = [
        ("verdict", verdict_text(attrs["verdict"])),
        ("p-value", f"{float(run['symmetry_pvalue']):.3g}"),
        ("statistic", f"{float(run['symmetry_statistic']):.4g}; {surrogates}"),
        ("features", f"{run.sizes['pixel']}, {group}"),
        ("held out", f"{run.sizes['held_sample']} samples that the training did not see"),
        ("method", f"{attrs['method']}, seed {attrs['seed']}, last step {steps[-1]}"),
        ("experiment", f"{attrs['study']}/{attrs['experiment']}"),
    ]
    if "data_file" in attrs:
        facts.append(("data", str(attrs["data_file"])))
    if "created" in attrs:  # known once the file is written
        facts += [
            ("created", f"{attrs['created']} on {attrs['device']}"),
            ("code", f"symlens {attrs['code_version']}, configuration {attrs['config_hash']}"),
        ]
    return facts


def print_run(run: xr.Dataset) -> None:
    """Print what a run file says."""
    print_facts(run_facts(run))
