"""What the area of the cell gives away: the same method on images of both area modes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symlens.drawing import CHANCE, INK, LINES
from symlens.wallpaper.figures import FigureInputs
from symlens.wallpaper.tables import WORDS, contents, part

MODES = ("fundamental", "cell")
ROWS = 2
"""Lines of a method: one for each mode."""


@dataclass(frozen=True)
class Pair:
    """A method with its experiments of both area modes, all else the same."""

    method: str
    fundamental: FigureInputs
    cell: FigureInputs

    def of(self, mode: str) -> FigureInputs:
        """The experiment of a mode."""
        return self.fundamental if mode == "fundamental" else self.cell


def pairs(experiments: Sequence[FigureInputs]) -> list[Pair]:
    """Methods whose experiments differ in the area mode only, in their order."""
    waiting: dict[str, dict[str, FigureInputs]] = {}
    for inputs in experiments:
        config = inputs.evaluation.attrs.get("config", {})
        data = dict(config.get("data", {}))
        mode = data.pop("area_mode", None)
        if mode is not None:
            waiting.setdefault(_key({**config, "data": data}), {})[mode] = inputs
    return [
        Pair(str(found["cell"].evaluation.attrs["method"]), found["fundamental"], found["cell"])
        for found in waiting.values()
        if found.keys() == set(MODES)
    ]


def _key(config: Mapping[str, Any]) -> str:
    from symlens.provenance import canonical_json

    return canonical_json(config)


def draw_on(panel: Any, found: Sequence[Pair]) -> None:
    """Draw accuracies by method and mode: of every content, and on images learned from."""
    labels: list[str] = []
    named: set[str] = set()

    def mark(name: str, values: Any, row: float, **style: Any) -> None:
        panel.plot(
            values, np.full(len(values), row), label=None if name in named else name, **style
        )
        named.add(name)

    for pair in found:
        for mode in MODES:
            evaluation = pair.of(mode).evaluation
            row = len(labels)
            labels.append(f"{pair.method}, {mode}")
            floor = float(evaluation["floor"].max())
            panel.plot([floor, floor], [row - 0.35, row + 0.35], color=CHANCE, linewidth=2)
            known = evaluation["learned_accuracy"].values
            if np.isfinite(known).all():
                mark("learned from", known, row, marker="x", linestyle="", color=INK, markersize=5)
            for index, content in enumerate(contents(evaluation)):
                seen = part(evaluation, index) == "validation"
                name = WORDS.get(content, content) + (" (validation)" if seen else "")
                mark(
                    name,
                    evaluation["accuracy"].values[:, index],
                    row,
                    marker="s" if seen else "o",
                    linestyle="",
                    color=LINES[index % len(LINES)],
                    markersize=5,
                )
    panel.set_yticks(range(len(labels)), labels)
    panel.set_ylim(len(labels) - 0.5, -0.5)
    panel.set_xlim(-0.02, 1.03)
    panel.set_title("What the area of the cell gives away")
    panel.grid(axis="x")
    panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.25), ncols=4, fontsize=8)
