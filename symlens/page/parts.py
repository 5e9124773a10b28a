"""What a page consists of: a study gives these, the template lays them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NONE = "\N{EN DASH}"
"""Stands where there is no number, as without the truth."""


def number(value: float | None, digits: str) -> str:
    """A number as text with a true minus sign, a dash for None; ``digits`` as in a format."""
    return NONE if value is None else f"{value:{digits}}".replace("-", "\N{MINUS SIGN}")


def seeds_in_words(seeds: Sequence[int]) -> str:
    """The seeds in words; a range where they follow each other."""
    seeds = sorted(seeds)
    if len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1:
        return f"seeds {seeds[0]} to {seeds[-1]}"
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"


@dataclass(frozen=True)
class Entry:
    """One experiment and method, as its study's page takes it.

    Parameters
    ----------
    title : str
        Name of the experiment for people.
    evaluation : Dataset
        Evaluation file, with its provenance.
    figures : mapping of str to Path
        PNG files by the name of the figure.
    """

    title: str
    evaluation: Any
    figures: Mapping[str, Path]

    @property
    def anchor(self) -> str:
        """Name of its section within the page."""
        attributes = self.evaluation.attrs
        return f"{attributes['experiment']}-{attributes['method']}"


def entries_of(
    titles: Sequence[str],
    files: Sequence[str],
    evaluations: Sequence[Any],
    drawings: Sequence[str],
) -> list[Entry]:
    """Give evaluations with their titles and figures.

    Of the ``drawings``, those in the folder of an evaluation's experiment and method belong to
    it; ``files`` are the evaluations' own.
    """
    entries = []
    for title, file, evaluation in zip(titles, files, evaluations, strict=True):
        group = Path(file).parent.parts[-2:]
        own = [Path(drawing) for drawing in drawings if Path(drawing).parent.parts[-2:] == group]
        entries.append(Entry(title, evaluation, {drawing.stem: drawing for drawing in own}))
    return entries


@dataclass(frozen=True)
class Column:
    """A column of the table of results; ``words`` for text, else numbers."""

    heading: str
    words: bool = False


@dataclass(frozen=True)
class Cell:
    """A value, quieter lines below it, and the kind of badge that it is.

    Parameters
    ----------
    text : str
    small : sequence of str
    badge : {'', 'yes', 'no', 'open', 'mixed'}
        Colour of the badge; none where empty.
    """

    text: str
    small: Sequence[str] = ()
    badge: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the table of results: an experiment and method."""

    anchor: str
    title: str
    small: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Drawing:
    """A figure with its caption; those that are not ``first`` open on demand."""

    name: str
    image: Path
    caption: str
    first: bool = True
    narrow: bool = False


@dataclass(frozen=True)
class Section:
    """An experiment and method in words and figures."""

    anchor: str
    title: str
    sentence: str
    figures: Sequence[Drawing]
    badge: Cell | None = None


@dataclass(frozen=True)
class Page:
    """All that a person reads about the experiments of a study.

    Parameters
    ----------
    study : str
    heading, lead, introduction : str
        The question, what was done, what it means.
    columns : sequence of Column
        Without the first one, which names the experiment.
    rows : sequence of Row
    note : str
        How the table is read.
    sections : sequence of Section
    glossary, scores : mapping of str to str
        Word to meaning.
    overview : Path or None
        PNG of all experiments in one picture.
    overview_caption : str
    """

    study: str
    heading: str
    lead: str
    introduction: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: str
    sections: Sequence[Section]
    glossary: Mapping[str, str]
    scores: Mapping[str, str]
    overview: Path | None = None
    overview_caption: str = ""


def drawings(
    figures: Mapping[str, Path],
    captions: Mapping[str, str],
    first: Sequence[str],
    narrow: Sequence[str] = (),
) -> list[Drawing]:
    """Give the figures of an experiment with their captions; ``first`` and ``narrow`` name some."""
    return [
        Drawing(name, path, captions[name], name in first, name in narrow)
        for name, path in figures.items()
    ]


def counted(count: int, what: str) -> str:
    """A number of things in words: ``1 training``, ``3 trainings``."""
    return f"{count} {what}{'' if count == 1 else 's'}"
