"""Texts in YAML that make no sense, and numbers that nobody can print."""

from __future__ import annotations

import datetime
import itertools
import subprocess
import sys

import pytest
import yaml

from symlens.cli.fit import _settings
from symlens.config import ConfigError, load
from symlens.config.load import LONGEST_NUMBER
from symlens.config.yaml_text import parse
from symlens.plan import from_command_line

TAGS = (
    *("int", "float", "bool", "null", "binary", "timestamp", "str"),
    *("set", "omap", "pairs", "map", "seq", "merge", "value"),
)
BODIES = (
    *("x", "''", "-", "_", "0x", "1:", "é", "ab", ".", "1e", "2001-1-1 1:1:1+99:99", "1" * 5000),
    *("[]", "[a]", "[[a, b]]", "[[a, b], [c]]", "[{a: 1}]", "[{a: 1, b: 2}]", "[{[a]: 1}]"),
    *("{}", "{a}", "{a: 1}", "{=: 3}", "{=: [3]}", "{<<: 3}", "{<<: [1]}", "{!!set a: 1}"),
)
HUGE = 16**9000


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_on_nonsense_is_a_value_or_a_mistake_with_its_place(tag):
    """Whatever the makers of values raise: nothing but a YAMLError leaves the reader."""
    mistakes = []
    for body, around in itertools.product(BODIES, ("{}", "a: {}", "- {}", "{}: 1", "? {}\n: 1")):
        try:
            parse(around.format(f"!!{tag} {body}"))
        except yaml.MarkedYAMLError as error:
            mistakes.append(error)
    assert mistakes
    assert all(error.problem and error.problem_mark is not None for error in mistakes)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a:\n  b: !!timestamp x", "line 2, column 6: 'x' cannot be read as timestamp"),
        ("a: !!timestamp {=: 3}", "line 1, column 4: a block of keys cannot be read as timestamp"),
        ("a: !!bool x", "line 1, column 4: 'x' cannot be read as bool"),
        ("a: !!int ''", "line 1, column 4: '' cannot be read as int"),
        ("a: !!float x", "line 1, column 4: 'x' cannot be read as float: could not convert string"),
        ("a: [!!map x]", "line 1, column 5: expected a mapping node, but found scalar"),
        ("a: !!set [x]", "line 1, column 4: expected a mapping node, but found sequence"),
        ("a: !!set {!!timestamp x}", "line 1, column 11: 'x' cannot be read as timestamp"),
        ("a: !!pairs x", "line 1, column 4: while constructing pairs, expected a sequence"),
        ("!!set {x}", "expected a block of keys, found a set"),
        ("!!timestamp x", "line 1, column 1: 'x' cannot be read as timestamp"),
    ],
)
def test_the_line_of_a_file(tmp_path, content, line):
    (tmp_path / "c.yaml").write_text(content)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "c.yaml")
    (mistake,) = caught.value.mistakes
    assert mistake == " ".join(mistake.split())
    assert mistake.removeprefix(f"{tmp_path / 'c.yaml'}: ").startswith(line)


def test_the_words_of_a_mistake_are_no_longer_than_a_line_may_be():
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        parse("!!float " + "x" * 100_000)
    assert len(str(caught.value.problem)) < 250


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &a {b: [1, 2.5]}\nc: {<<: *a, d: *a}", {"c": {"b": [1, 2.5], "d": {"b": [1, 2.5]}}}),
        ("c: !!set {a, b}", {"c": {"a", "b"}}),
        ("c: !!omap [a: 1, b: [2]]", {"c": [("a", 1), ("b", [2])]}),
        ("c: !!timestamp 2001-01-02", {"c": datetime.date(2001, 1, 2)}),
        ("c: !!binary aGk=", {"c": b"hi"}),
        ("c: !!int 0x_ff", {"c": 255}),
    ],
)
def test_what_makes_sense_is_read_as_ever(text, value):
    assert parse(text)["c"] == yaml.safe_load(text)["c"] == value["c"]


def test_what_is_nested_too_deep_is_no_other_error():
    with pytest.raises(yaml.YAMLError, match="nested too deep"):
        parse("[" * 400 + "]" * 400)


@pytest.mark.parametrize("value", ["!!timestamp x", "!!map x", "!!bool x", "[" * 400, "1" * 5000])
def test_values_of_the_command_line(value):
    assert from_command_line({"a": [value]}) == {"a": [value]}
    with pytest.raises(ConfigError, match="is not a value of YAML"):
        _settings(None, [f"rounds={value}"])


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"lens": HUGE}, "lens"),
        ({"lens": -HUGE}, "lens"),
        ({"lens": {"experiments": {"a": {"data": {"source": HUGE}}}}}, "lens.experiments.a"),
        ({"lens": {"experiments": {"a": {"data": {"source": [3, (HUGE,)]}}}}}, "lens.experiments"),
        ({"lens": {"fast": {"samples": {HUGE}}}}, "lens.fast.samples.0"),
        ({"lens": {HUGE: 3}}, "lens.a number of 36001 bits"),
        ({"lens": {(3, frozenset({HUGE})): 3}}, "lens.the list [3, a set].1.0"),
    ],
)
def test_numbers_of_thousands_of_digits_are_named_by_their_place(values, place):
    with pytest.raises(ConfigError) as caught:
        load(values)
    (line,) = caught.value.mistakes
    assert line.startswith(place)
    assert line.endswith(": a number of 36001 bits; at most 1024 are read")


def test_the_longest_number_that_is_judged_by_its_key():
    for bits, words in ((LONGEST_NUMBER, "lens.seed"), (LONGEST_NUMBER + 1, "at most 1024 are")):
        with pytest.raises(ConfigError) as caught:
            load({"lens": {"seed": 2**bits - 1}})
        assert words in str(caught.value)


def test_a_value_in_many_places_or_in_itself_is_looked_at_once():
    ring = [HUGE]
    ring.append(ring)
    with pytest.raises(ConfigError) as caught:
        load({"a": ring, "b": ring})
    assert caught.value.mistakes == ("a.0: a number of 36001 bits; at most 1024 are read",)


@pytest.mark.parametrize("text", ["1" * 5000, "1e" + "9" * 5000, "1" * 5000 + ".0"])
def test_a_number_of_thousands_of_digits_in_quotes(text):
    for key in ("samples", "held_out"):
        with pytest.raises(ConfigError) as caught:
            load({"lens": {"fast": {key: text}}})
        (line,) = caught.value.mistakes
        assert line.startswith(f"lens.fast.{key}: expected a ")
        assert len(line) < 300


def test_nothing_else_is_printed_of_a_number_of_thousands_of_digits(tmp_path):
    """A union's tag was printed by pydantic, and what it could not print went to stderr."""
    source = f"lens: {{experiments: {{a: {{data: {{source: 0x{'f' * 9000}}}}}}}}}"
    (tmp_path / "c.yaml").write_text(source)
    code = (
        "import sys; from symlens.config import ConfigError, load\n"
        "try: load(sys.argv[1])\n"
        "except ConfigError as error: print(*error.mistakes, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "c.yaml")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    place = "lens.experiments.a.data.source"
    assert done.stdout == f"{place}: a number of 36000 bits; at most 1024 are read\n"
