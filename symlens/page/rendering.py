"""From a page's parts to HTML."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symlens.errors import DataError, FileError
from symlens.page.parts import Entry, Page, entries_of
from symlens.store import Schema, read, replacing

PROVENANCE = ("experiment", "method", "config_hash", "code_version", "device", "created")


def render(page: Page, entries: Sequence[Entry]) -> str:
    """Lay a page out.

    Parameters
    ----------
    page : Page
    entries : sequence of Entry
        Where its numbers come from.

    Returns
    -------
    str
        HTML, self-contained.

    Raises
    ------
    DataError
        Without an entry.
    FileError
        If a figure cannot be read.
    """
    if not entries:
        raise DataError("summary: expected at least one experiment, got none")
    return _laid_out(
        "page.html",
        page=page,
        provenance=[_provenance(entry) for entry in entries],
        libraries=_libraries(entries),
    )


@dataclass(frozen=True)
class Listed:
    """A study on the first page.

    Parameters
    ----------
    name, question : str
    page : str
        Where its page is, seen from the first page.
    overview : Path
        PNG of all its experiments in one picture.
    caption : str
    """

    name: str
    question: str
    page: str
    overview: Path
    caption: str


def render_index(studies: Sequence[Listed]) -> str:
    """Lay out the first page of several studies as HTML."""
    return _laid_out("index.html", studies=studies)


def write(path: Path, page: Page, entries: Sequence[Entry]) -> None:
    """Write a page to a file, whole or not at all."""
    text = render(page, entries)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _laid_out(template: str, **values: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("symlens.page", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["embedded"] = _embedded
    return environment.get_template(template).render(**values)


def write_study(
    make: Callable[[Sequence[Entry]], Page],
    titles: Sequence[str],
    files: Sequence[str],
    schema: Schema,
    drawings: Sequence[str],
    output: str,
) -> None:
    """Write the page that ``make`` puts together from evaluation files and their figures.

    Parameters
    ----------
    make : callable
    titles, files : sequence of str
        Of every experiment and method.
    schema : Schema
        Of the files.
    drawings : sequence of str
        PNG files; each belongs to the evaluation of its folder's experiment and method.
    output : str
    """
    evaluations = [read(file, schema) for file in files]
    entries = entries_of(titles, files, evaluations, drawings)
    write(Path(output), make(entries), entries)


def _provenance(entry: Entry) -> dict[str, str]:
    attributes = entry.evaluation.attrs
    return {"title": entry.title} | {name: str(attributes[name]) for name in PROVENANCE}


def _libraries(entries: Sequence[Entry]) -> dict[str, str]:
    """Versions of the libraries; all of them where experiments were made with different ones."""
    found: dict[str, set[str]] = {}
    for entry in entries:
        for name, version in entry.evaluation.attrs["library_versions"].items():
            found.setdefault(str(name), set()).add(str(version))
    return {name: ", ".join(sorted(versions)) for name, versions in sorted(found.items())}


def _embedded(path: Path) -> str:
    """A PNG file as a data URI."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from error
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")
