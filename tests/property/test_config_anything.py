"""Whatever stands in a configuration, it is taken whole or refused in lines with key paths."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.config import Config, ConfigError, load
from symlens.config.explain import nearest

ROOT = Path(__file__).parents[2]
TOUR = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
PAPER = yaml.safe_load((ROOT / "config" / "paper.yaml").read_text())

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1e-3", "gaussian", "fast", "translation", "", "null"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


def paths(block, prefix=()):
    """Every key path of nested blocks and lists."""
    items = block.items() if isinstance(block, dict) else enumerate(block)
    for key, value in items:
        yield (*prefix, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*prefix, key))


PATHS = sorted(paths(TOUR), key=str)


def changed(path, value):
    """The tour with another value at a path."""
    values = copy.deepcopy(TOUR)
    block = values
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = value
    return values


@given(path=st.sampled_from(PATHS), value=ANYTHING)
@settings(max_examples=300, deadline=None)
def test_any_value_anywhere(path, value):
    try:
        assert isinstance(load(changed(path, value)), Config)
        lines = ()
    except ConfigError as error:
        lines = error.mistakes or [""]
    for line in lines:
        assert "\n" not in line
        # Beside or below the change, or, where values do not go together, in its block.
        key, _, text = line.partition(": ")
        assert text
        assert key.split(".")[0] == path[0]


@given(ANYTHING)
@settings(max_examples=200, deadline=None)
def test_any_value_at_the_root_of_a_mapping(value):
    with pytest.raises(ConfigError):
        load({"anything": value})


@given(path=st.sampled_from(PATHS), letters=st.text("abcdefghijklmnopqrstuvwxyz", min_size=1))
@settings(max_examples=200, deadline=None)
def test_any_unknown_key_is_named_with_its_path(path, letters):
    block = TOUR
    for key in path[:-1]:
        block = block[key]
    unknown = f"zz_{letters[:20]}"
    if not isinstance(block, dict) or path[1:-1] == ("experiments",):
        return
    with pytest.raises(ConfigError) as error:
        load(changed((*path[:-1], unknown), 1))
    (line,) = error.value.mistakes
    assert line.startswith(".".join([*path[:-1], unknown]) + ": unknown key; ")


@pytest.mark.parametrize("values", [TOUR, PAPER])
def test_a_dumped_configuration_is_the_same_configuration(values):
    config = load(values)
    assert load(config.model_dump(mode="json")) == config
    assert (
        load(yaml.safe_load(yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False)))
        == config
    )


KNOWN = ["samples", "held_out", "rounds", "surrogates"]


@given(word=st.sampled_from(KNOWN), position=st.integers(0, 20), letter=st.sampled_from("aeiqxz_"))
def test_one_wrong_letter_finds_the_key_again(word, position, letter):
    position %= len(word)
    for typo in (
        word[:position] + word[position + 1 :],
        word[:position] + letter + word[position:],
        word[:position] + letter + word[position + 1 :],
    ):
        assert nearest(typo, KNOWN) == word
