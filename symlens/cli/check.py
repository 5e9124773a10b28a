"""``symlens check``: can a file of samples be learned from?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from symlens.cli.files import Samples, read_to_learn
from symlens.cli.report import out, print_facts
from symlens.config.lens_fast import FastSettings
from symlens.lens.identifiability import assess
from symlens.lens.learn import JUDGED, fetch, split

LEVEL = 0.05
"""p-value up to which samples are called identifiable, as in a verdict."""


def run(*, data: Path, variable: str | None, cyclic: bool, seed: int) -> None:
    """Print whether a file can be learned from, and whether a symmetry can be found in it."""
    samples = read_to_learn(data, variable)
    pvalue = rotations_pvalue(samples.x, cyclic=cyclic, seed=seed)
    print_facts([*file_facts(data, samples), ("evidence", evidence_text(pvalue))])
    if pvalue <= LEVEL:
        out.print(f"Whether it is a symmetry is for the fit to say: symlens fit {data} -o run.nc")


def rotations_pvalue(x: NDArray[np.float32], *, cyclic: bool, seed: int) -> float:
    """Give the p-value of 'all rotations leave the samples alike'; nothing is learned for it.

    Without moments that tell rotations apart no generator can be identified, whatever is there.
    """
    settings = FastSettings()
    draw, judge = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    fitted, held_out = (fetch(x, rows[:JUDGED]) for rows in split(len(x), settings, draw))
    assessment = assess(
        fitted,
        held_out,
        np.eye(x.shape[1]),
        cyclic=cyclic,
        surrogates=settings.surrogates,
        rng=judge,
    )
    return assessment.power_pvalue


def evidence_text(pvalue: float) -> Text:
    """Say what the p-value means for somebody who wants to learn."""
    if pvalue <= LEVEL:
        answer, colour, why = "enough to identify a symmetry", "green", "rotations are told apart"
    else:
        answer, colour = "not identifiable", "yellow"
        why = "any rotation leaves the samples alike, or they are too few to tell"
    return Text.assemble((answer, f"bold {colour}"), f" ({why}, p = {pvalue:.3g})")


def file_facts(data: Path, samples: Samples) -> list[tuple[str, str | Text]]:
    """Shape, size and range of samples that passed every check."""
    x = samples.x
    per_feature = x.shape[0] / x.shape[1]
    spread = x.std(axis=0, dtype=np.float64)
    facts: list[tuple[str, str | Text]] = [
        ("file", f"{data}, {data.stat().st_size / 1e6:.3g} MB"),
        ("shape", f"{x.shape[0]} samples of {x.shape[1]} features ({per_feature:.3g} per feature)"),
        ("values", f"finite, {x.min():.4g} to {x.max():.4g}; no constant feature"),
        ("spread", f"standard deviations {spread.min():.4g} to {spread.max():.4g}"),
    ]
    if samples.names is not None:
        facts.append(("columns", ", ".join(samples.names[:8]) + _more(len(samples.names) - 8)))
    return facts


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""
