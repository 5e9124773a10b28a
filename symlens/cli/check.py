"""``symlens check``: can a file of samples be learned from?"""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from symlens.cli.files import Samples, read_to_learn
from symlens.cli.fit import learn
from symlens.cli.report import out, print_facts, verdict_text

QUICK = {"samples": 20_000, "rounds": 1, "surrogates": 99}
"""Settings of the quick verdict: a few samples, one round of starts (our choice)."""


def run(*, data: Path, variable: str | None, cyclic: bool, seed: int, verdict: bool) -> None:
    """Print whether a file can be learned from, and a quick verdict."""
    samples = read_to_learn(data, variable)
    print_facts(file_facts(data, samples))
    if not verdict:
        return
    lens = learn(samples, method="fast", cyclic=cyclic, seed=seed, settings=QUICK)
    print_facts(
        [
            ("verdict", verdict_text(lens.verdict_)),
            ("p-value", f"{lens.symmetry_pvalue_:.3g}, from {QUICK['samples']} samples at most"),
        ]
    )
    out.print("A quick look; the answer is what symlens fit says.")


def file_facts(data: Path, samples: Samples) -> list[tuple[str, str | Text]]:
    """Shape, size and range of samples that passed every check."""
    x = samples.x
    per_feature = x.shape[0] / x.shape[1]
    spread = x.std(axis=0, dtype="float64")
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
