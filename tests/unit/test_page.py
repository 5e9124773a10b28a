"""Parts of a page, and how they are laid out."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from symlens.errors import DataError, FileError
from symlens.page import (
    Cell,
    Column,
    Entry,
    Page,
    Row,
    Section,
    counted,
    drawings,
    entries_of,
    number,
    render,
    seeds_in_words,
    write,
)

ATTRIBUTES = {
    "experiment": "one",
    "method": "m",
    "config_hash": "0f",
    "code_version": "v1",
    "device": "CPU",
    "created": "today",
    "library_versions": {"numpy": "2"},
}


def entry(**attributes):
    return Entry("One", SimpleNamespace(attrs=ATTRIBUTES | attributes), {})


PAGE = Page(
    study="made_up",
    heading="Is it?",
    lead="Two lines.",
    introduction="Of words.",
    columns=[Column("kind", words=True), Column("value")],
    rows=[Row("one-m", "One", "m, seed 1", [Cell("yes", badge="yes"), Cell("<3", ("±1",))])],
    note="As one reads it.",
    sections=[Section("one-m", "One", "It is.", [])],
    glossary={"word": "meaning"},
    scores={"score": "what it says"},
)


def test_all_parts_are_on_the_page_as_text():
    text = render(PAGE, [entry()])
    assert "<h1>Is it?</h1>" in text
    assert '<span class="verdict yes">yes</span>' in text
    assert '<span class="strong">&lt;3</span><small>±1</small>' in text
    assert "results/tables/made_up/stability.csv" in text
    assert "<dt>word</dt><dd>meaning</dd>" in text
    assert "<details>" not in text
    assert "numpy 2." in text


def test_versions_that_differ_are_all_named():
    entries = [entry(), entry(library_versions={"numpy": "1"})]
    assert "numpy 1, 2." in render(PAGE, entries)


def test_figures_that_are_not_first_open_on_demand(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.png").write_bytes(b"x")
    figures = {name: tmp_path / f"{name}.png" for name in "ab"}
    drawn = drawings(figures, {"a": "Caption A", "b": "Caption B"}, ["a"], ["b"])
    page = replace(PAGE, sections=[replace(PAGE.sections[0], figures=drawn)])
    seen, hidden = render(page, [entry()]).split("<details>")
    assert "Caption A" in seen
    assert "Caption B" in hidden
    assert '<figure class="narrow">' in hidden


def test_a_page_that_cannot_be_made_leaves_the_old_one(tmp_path):
    path = tmp_path / "page.html"
    write(path, PAGE, [entry()])
    before = path.read_text()
    with pytest.raises(FileError, match=r"gone\.png: cannot be read"):
        write(path, replace(PAGE, overview=tmp_path / "gone.png"), [entry()])
    with pytest.raises(DataError, match="at least one experiment"):
        write(path, PAGE, [])
    assert path.read_text() == before


def test_figures_belong_to_the_experiment_and_method_of_their_folder():
    files = ["results/s/one/m/evaluation.nc", "results/s/two/m/evaluation.nc"]
    folder = "results/figures/s/{}/m/{}.png"
    pictures = [folder.format(name, figure) for name in ("two", "one") for figure in "ab"]
    entries = entries_of(["One", "Two"], files, [None, None], pictures)
    assert [e.title for e in entries] == ["One", "Two"]
    for e, name in zip(entries, ("one", "two"), strict=True):
        found = [str(path) for path in e.figures.values()]
        assert found == [folder.format(name, figure) for figure in "ab"]


@pytest.mark.parametrize(
    ("seeds", "words"),
    [
        ([4], "seed 4"),
        ([2, 1], "seeds 1, 2"),
        ([3, 1, 2], "seeds 1 to 3"),
        ([1, 2, 4], "seeds 1, 2, 4"),
    ],
)
def test_seeds_in_words(seeds, words):
    assert seeds_in_words(seeds) == words


def test_numbers_and_counts_in_words():
    assert number(-0.5, ".2f") == "\N{MINUS SIGN}0.50"
    assert number(None, ".2f") == "\N{EN DASH}"
    assert (counted(1, "seed"), counted(2, "seed")) == ("1 seed", "2 seeds")
