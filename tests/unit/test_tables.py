"""Tables as CSV."""

import pytest

from symlens.tables import csv_text, write_csv


def test_columns_are_those_of_all_rows_and_unknown_is_empty():
    text = csv_text([{"a": 1, "b": 2 / 3}, {"b": None, "c": "x, y"}])
    assert text.splitlines() == ["a,b,c", "1,0.666667,", ',,"x, y"']


def test_a_table_is_written_whole_or_not_at_all(tmp_path):
    write_csv([{"a": 1.0}], tmp_path / "t.csv")
    with pytest.raises(TypeError):
        write_csv([None], tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "a\n1\n"
    assert [file.name for file in tmp_path.iterdir()] == ["t.csv"]
