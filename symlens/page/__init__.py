"""One page per study: one HTML file that needs nothing else; figures are embedded."""

from symlens.page.parts import (
    NONE,
    Cell,
    Column,
    Drawing,
    Entry,
    Page,
    Row,
    Section,
    counted,
    drawings,
    entries_of,
    number,
    seeds_in_words,
)
from symlens.page.rendering import Listed, render, render_index, write, write_study

__all__ = [
    "NONE",
    "Cell",
    "Column",
    "Drawing",
    "Entry",
    "Listed",
    "Page",
    "Row",
    "Section",
    "counted",
    "drawings",
    "entries_of",
    "number",
    "render",
    "render_index",
    "seeds_in_words",
    "write",
    "write_study",
]
