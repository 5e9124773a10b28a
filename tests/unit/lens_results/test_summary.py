"""The page and the table: self-contained, complete, and true to the files."""

import csv
import io
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

from symlens.errors import DataError, FileError
from symlens.lens import summary, tables
from symlens.lens.figures import CAPTIONS
from symlens.lens.schemas import EVALUATION
from symlens.lens.scores import BY_NAME
from symlens.page import Entry, render
from symlens.page import write as write_page
from symlens.store import Provenance, read, write
from symlens.tables import write_csv

PIXEL = b"\x89PNG made up"


class Page(HTMLParser):
    """Links, anchors and visible text of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors, self.text, self.tags = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href"):
                self.links.append(value)
            if name == "id":
                self.anchors.append(value)

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def entry_of(inputs_of, tmp_path):
    """Factory of entries whose evaluation went through its file."""

    def build(name="made_up", title="Made up", **kwargs):
        path = tmp_path / f"{name}.nc"
        found = inputs_of(title, **kwargs).evaluation
        write(found, path, EVALUATION, Provenance("lens", name, "fast", config={"n": 9}))
        figures = {}
        for figure in CAPTIONS:
            figures[figure] = tmp_path / f"{name}-{figure}.png"
            figures[figure].write_bytes(PIXEL)
        return Entry(title, read(path, EVALUATION), figures)

    return build


def rendered(entries, **kwargs):
    return render(summary.page("Which one?", entries, **kwargs), entries)


def cells(entry):
    """The texts of a row by the heading of their column."""
    row = summary._row(entry)
    return {c.heading: cell for c, cell in zip(summary.COLUMNS, row.cells, strict=True)}


def visible(page):
    return " ".join(" ".join(page.text).split())


def test_the_page_needs_nothing_else(entry_of, tmp_path):
    (tmp_path / "overview.png").write_bytes(PIXEL)
    entries = [entry_of(), entry_of("other", truth=False)]
    page = Page(rendered(entries, overview=tmp_path / "overview.png"))
    assert page.links
    for link in page.links:
        assert link.startswith(("data:image/png;base64,", "#")), link
    assert {link[1:] for link in page.links if link[0] == "#"} <= set(page.anchors)
    assert sum(link.startswith("data:") for link in page.links) == 1 + 2 * len(CAPTIONS)
    assert not {"link", "iframe", "object"} & set(page.tags)


def test_numbers_on_the_page_are_those_of_the_evaluation(entry_of):
    entry = entry_of()
    text = visible(Page(rendered([entry])))
    worst = float(entry.evaluation["generator_cosine"].min())
    assert f"{worst:.4f}" in text
    assert f"{float(entry.evaluation['agreement_worst']):.4f}" in text
    assert f"{float(entry.evaluation['eigenphase_error'].max()):.3g}" in text
    for name in ("config_hash", "code_version", "created"):
        assert str(entry.evaluation.attrs[name]) in text
    assert f"numpy {np.__version__}" in text
    for caption in CAPTIONS.values():
        assert caption in text
    for score in BY_NAME.values():
        assert score.meaning in text
    assert "1 experiment: 3 trainings with the method fast" in text


def test_a_row_without_the_truth_has_dashes_but_a_verdict(entry_of):
    row = cells(entry_of(truth=False, verdict="not identifiable"))
    unknown = ("generator cosine", "chance: any / same covariance", "eigenphase error (rad)")
    assert [row[heading].text for heading in unknown] == ["–"] * 3
    assert row["generator cosine"].small == ()
    assert row["verdict"].text == "not identifiable"
    assert row["verdict"].badge == "open"
    assert row["verdict"].small == ("p = 0.03",)
    assert row["agreement of seeds"].text != "–"


def test_seeds_and_seconds_in_the_table(entry_of):
    entry = entry_of(errors=(0.0,))
    assert summary._row(entry).small == "fast, seed 1"
    assert cells(entry)["seconds per seed"].text == "–"
    several = entry_of(errors=(0.0, 0.1, 0.1, 0.1)).evaluation
    several["seconds"] = (("seed",), np.array([10.0, 20.0, 30.0, 99.0]))
    entry = Entry("x", several, {})
    assert summary._row(entry).small == "fast, seeds 1 to 4"
    assert cells(entry)["seconds per seed"].text == "25"
    assert summary._row(Entry("x", several.isel(seed=[0, 3]), {})).small == "fast, seeds 1, 4"


def test_the_sentence_says_how_a_cosine_stands_to_chance(entry_of):
    evaluation = entry_of().evaluation
    assert summary.sentence(evaluation).startswith(
        "All 3 seeds say: symmetry (largest p-value 0.03). The worst learned generator has cosine"
    )
    chance = max(
        tables.floor(evaluation, "generator_cosine", c) for c in ("orthogonal", "covariance")
    )
    for cosine, words in [(3 * chance, "far above"), (1.5 * chance, ", above"), (0.0, "NOT above")]:
        evaluation["summary"].loc[{"score": "generator_cosine", "statistic": "worst"}] = cosine
        assert words in summary.sentence(evaluation)


def test_the_sentence_without_truth_with_one_seed_and_with_differing_seeds(entry_of):
    one = summary.sentence(entry_of(truth=False, errors=(0.0,)).evaluation)
    assert one.startswith("The one seed says: symmetry")
    assert one.endswith("The ideal symmetry of these data is not known.")
    mixed = entry_of(truth=False)
    mixed.evaluation["verdict"] = ("seed", ["no symmetry", "symmetry", "symmetry"])
    assert summary.sentence(mixed.evaluation).startswith(
        "The seeds differ: symmetry (2 of 3), no symmetry (1 of 3)"
    )
    assert cells(mixed)["verdict"].badge == "mixed"


def test_titles_are_text_not_markup(entry_of):
    page = Page(rendered([entry_of(title="<b>1 & 2</b>")]))
    assert "b" not in page.tags
    assert "<b>1 & 2</b>" in visible(page)


def test_first_figures_are_seen_and_the_others_open_on_demand(entry_of):
    before, after = unescape(rendered([entry_of()])).split("<details>")
    for name, caption in CAPTIONS.items():
        shown = caption.split(":")[0]
        assert (shown in before) == (name in summary.FIRST_FIGURES)
        assert (shown in after.split("</details>")[0]) == (name not in summary.FIRST_FIGURES)
    entry = entry_of()
    only = {name: entry.figures[name] for name in summary.FIRST_FIGURES}
    assert "<details>" not in rendered([Entry("x", entry.evaluation, only)])


def test_the_page_is_reproducible_and_written_whole(entry_of, tmp_path):
    entries = [entry_of()]
    write_page(tmp_path / "summary.html", summary.page("Which one?", entries), entries)
    assert (tmp_path / "summary.html").read_text() == rendered(entries)


def test_a_page_of_nothing_and_a_missing_figure_are_refused(entry_of, tmp_path):
    with pytest.raises(DataError, match="at least one experiment"):
        rendered([])
    entry = entry_of()
    entry.figures["generator"].unlink()
    with pytest.raises(FileError, match=r"made_up-generator\.png: cannot be read: No such file"):
        write_page(tmp_path / "summary.html", summary.page("Which one?", [entry]), [entry])
    assert not (tmp_path / "summary.html").exists()


def test_the_table_has_the_same_columns_with_and_without_the_truth(entry_of):
    known, unknown = entry_of().evaluation, entry_of("other", truth=False).evaluation
    rows = list(csv.DictReader(io.StringIO(tables.stability_csv([known, unknown]))))
    assert [row["experiment"] for row in rows] == ["made_up", "other"]
    first, second = rows
    worst = float(known["generator_cosine"].min())
    assert float(first["generator_cosine_worst"]) == pytest.approx(worst, rel=1e-5)
    assert float(first["equivariance_error_worst"]) == pytest.approx(
        float(known["equivariance_error"].max()), rel=1e-5
    )
    floor = known["floor"].sel(chance="covariance", floor_score="generator_cosine", level=0.95)
    assert float(first["generator_cosine_floor_covariance"]) == pytest.approx(
        float(floor), rel=1e-5
    )
    assert second["generator_cosine_worst"] == second["generator_cosine_floor_orthogonal"] == ""
    assert second["symmetry_pvalue_worst"] == "0.03"
    assert (first["seeds"], first["symmetry"], first["no_symmetry"]) == ("3", "3", "0")
    assert first["seconds_median"] == ""


def test_the_table_is_written_to_a_file(entry_of, tmp_path):
    evaluation = entry_of().evaluation
    write_csv([tables.stability_row(evaluation)], tmp_path / "stability.csv")
    text = (tmp_path / "stability.csv").read_text()
    assert text == tables.stability_csv([evaluation])
    assert len(text.splitlines()) == 2
