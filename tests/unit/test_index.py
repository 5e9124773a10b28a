"""The first page a person opens."""

from pathlib import Path
from types import SimpleNamespace

from symlens import index
from symlens.index import write_index


def test_the_first_page_is_the_only_study_or_leads_to_all(tmp_path, monkeypatch):
    doors = {
        name: SimpleNamespace(QUESTION=f"What is {name}?", CAPTIONS={"overview": f"All of {name}."})
        for name in ("lens", "gain")
    }
    monkeypatch.setattr(index, "get", doors.get)
    (tmp_path / "summary").mkdir()
    (tmp_path / "overview.png").write_bytes(b"picture")
    pages = [str(tmp_path / "summary" / f"{name}.html") for name in doors]
    pictures = [str(tmp_path / "overview.png")] * 2
    Path(pages[0]).write_text("<p>lens</p>")
    write_index(pages[:1], pictures[:1], str(tmp_path / "one.html"))
    assert (tmp_path / "one.html").read_text() == "<p>lens</p>"
    write_index(pages, pictures, str(tmp_path / "two.html"))
    text = (tmp_path / "two.html").read_text()
    for name in doors:
        assert f'<a href="summary/{name}.html">What is {name}?</a>' in text
        assert f"All of {name}." in text
    assert "data:image/png;base64," in text
