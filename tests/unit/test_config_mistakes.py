"""Every mistake is one line: its key path, what is allowed, what was found."""

from __future__ import annotations

import pytest
import yaml

from symlens.config import ConfigError, load

E = "lens.experiments.bumps"


def config(data=None, lens=None, **experiment):
    """A good configuration with changes: of the data, of the study, of the experiment."""
    block = {"title": "Bumps", "data": {"source": "gaussian", "n": 33} | (data or {})} | experiment
    return {"lens": {"experiments": {"bumps": block}} | (lens or {})}


def mistakes(source, overrides=None):
    with pytest.raises(ConfigError) as error:
        load(source, overrides)
    assert str(error.value) == "\n".join(error.value.mistakes)
    assert not any("\n" in line for line in error.value.mistakes)
    return list(error.value.mistakes)


def the_mistake(source):
    lines = mistakes(source)
    assert len(lines) == 1, lines
    return lines[0]


def test_the_good_configuration_is_good():
    assert load(config()).lens.experiments["bumps"].data.n == 33


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ({"lenz": {}}, "lenz: unknown key; did you mean 'lens'?"),
        (config(lens={"fst": {}}), "lens.fst: unknown key; did you mean 'fast'?"),
        (config(sedes=[1]), f"{E}.sedes: unknown key; did you mean 'seeds'?"),
        (config({"nn": 3}), f"{E}.data.nn: unknown key; did you mean 'n'?"),
        (config({"sample": 3}), f"{E}.data.sample: unknown key; did you mean 'samples'?"),
        (config(fast={"Rounds": 3}), f"{E}.fast.Rounds: unknown key; did you mean 'rounds'?"),
        (
            config(lens={"fast": {"zzz": 3}}),
            "lens.fast.zzz: unknown key; known keys: samples, held_out, rounds, surrogates",
        ),
    ],
)
def test_unknown_keys_name_the_nearest_known_one(source, line):
    assert line in mistakes(source)


def test_a_key_of_another_source_says_of_which():
    line = the_mistake(config({"source": "white_noise", "lots": 3}))
    keys = "known keys here: n, samples, cyclic, group_seed, noise, seed, source"
    assert line == f"{E}.data.lots: a key of source gaussian, legendre only; {keys}"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (
            config({"group": "tranlation"}),
            (
                f"{E}.data.group: found the text 'tranlation', expected one of translation, "
                "permuted_translation, frequency_shift, random_basis, dispersed_translation; "
                "did you mean 'translation'?"
            ),
        ),
        (
            config({"source": "gausian"}),
            (
                f"{E}.data.source: found the text 'gausian', expected one of gaussian, legendre, "
                "image_rows, digit_slices, independent, white_noise, file; did you mean 'gaussian'?"
            ),
        ),
        (
            config(methods=["fats"]),
            (
                f"{E}.methods.0: found the text 'fats', expected one of fast, official; "
                "did you mean 'fast'?"
            ),
        ),
        (
            config(methods=["x"]),
            f"{E}.methods.0: found the text 'x', expected one of fast, official",
        ),
        (
            config({"source": 3}),
            (
                f"{E}.data.source: found 3, expected one of gaussian, legendre, image_rows, "
                "digit_slices, independent, white_noise, file"
            ),
        ),
    ],
)
def test_wrong_choices_name_the_nearest_one(source, line):
    assert the_mistake(source) == line


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1e-3", "1.0e-3"),
        ("1e3", "1.0e+3"),
        ("2.5e3", "2.5e+3"),
        ("-1E-3", "-1.0e-3"),
        ("1.e5", "1.e+5"),
    ],
)
def test_yaml_reads_exponents_without_a_point_as_text(tmp_path, text, written):
    path = tmp_path / "c.yaml"
    template = "lens: {{experiments: {{a: {{title: A, data: {{source: gaussian, noise: {}}}}}}}}}"
    path.write_text(template.format(text))
    line = the_mistake(path)
    assert f"found the text {text!r}: YAML reads {text} as text: write {written} (" in line
    assert isinstance(yaml.safe_load(written), float)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"noise": "0.1"}, "noise: expected a number, found the text '0.1': write 0.1 without"),
        ({"n": "33"}, "n: expected a whole number, found the text '33': write 33 without quotes"),
        ({"n": 33.0}, "n: expected a whole number, found 33.0: write 33 ("),
        ({"n": 33.5}, "n: expected a whole number, found 33.5 ("),
        ({"n": True}, "n: expected a whole number, found true ("),
        ({"noise": "loud"}, "noise: expected a number, found the text 'loud' ("),
        ({"noise": None}, "noise: expected a number, found nothing ("),
        ({"cyclic": "yes"}, "cyclic: expected true or false, found the text 'yes' ("),
        ({"cyclic": 1}, "cyclic: expected true or false, found 1 ("),
        ({"scale": 3}, "scale: expected a list, found 3 ("),
        ({"scale": {"low": 1}}, "scale: expected a list, found a block of keys ("),
        ({"scale": [1, "2"]}, "scale.1: expected a number, found the text '2': write 2 without"),
        ({"n": [3]}, "n: expected a whole number, found the list [3] ("),
    ],
)
def test_wrong_types(data, line):
    assert the_mistake(config(data)).startswith(f"{E}.data.{line}")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"n": 2}, "n: must be at least 3 and at most 2048, found 2 (Features of a sample, in"),
        ({"n": 4096}, "n: must be at least 3 and at most 2048, found 4096 ("),
        ({"noise": -0.5}, "noise: must be at least 0 and at most 100, found -0.5 (White noise"),
        ({"presence": 0}, "presence: must be above 0 and at most 1, found 0 (Probability"),
        ({"seed": -1}, "seed: must be at least 0 and below 9223372036854775808, found -1 ("),
        ({"scale": [0, 1]}, "scale.0: must be above 0 and at most 1000000, found 0 (Range"),
        ({"noise": float("nan")}, "noise: must be at least 0 and at most 100, found nan ("),
        ({"noise": float("inf")}, "noise: must be at least 0 and at most 100, found inf ("),
        ({"scale": [1, 2, 3]}, "scale: expected at most 2 items, found the list [1, 2, 3] ("),
    ],
)
def test_ranges_are_named_with_what_they_measure(data, line):
    assert the_mistake(config(data)).startswith(f"{E}.data.{line}")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (config({"scale": [2, 1]}), f"{E}.data.scale: [low, high] with low <= high, got [2, 1]"),
        (config(seeds=[1, 2, 1]), f"{E}.seeds: each once, found 1 2 times"),
        (config(methods=["fast"] * 3), f"{E}.methods: each once, found fast 3 times"),
        (
            config(methods=["official"], official={"batch_size": 100}),
            (
                f"{E}.official.batch_size: 100 is not a multiple of the number of features n = 33; "
                "the nearest is 99 (or null for 3300)"
            ),
        ),
        (
            config(methods=["official"], lens={"official": {"batch_size": 50}}),
            (
                f"{E}.official.batch_size: 50 is not a multiple of the number of features n = 33; "
                "the nearest is 66 (or null for 3300)"
            ),
        ),
        (
            config({"samples": 40}),
            (
                f"{E}.data.samples: at least as many samples to learn from as features, "
                "found 32 for n = 33 (40 drawn, 0.2 of them held out)"
            ),
        ),
        (
            config(fast={"samples": 40}),
            (
                f"{E}.data.samples: at least as many samples to learn from as features, "
                "found 32 for n = 33 (40 drawn, 0.2 of them held out)"
            ),
        ),
    ],
)
def test_values_that_do_not_go_together(source, line):
    assert the_mistake(source) == line


def test_settings_of_a_method_that_is_not_used_are_not_held_against_the_data():
    load(config(methods=["fast"], official={"batch_size": 100}))


def test_a_mistake_between_keys_of_a_data_block_names_its_key():
    line = the_mistake(config({"cyclic": True, "centres": 40.0}))
    assert line == f"{E}.data.centres: only for a window; leave it out when cyclic is true"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ({}, "experiments: expected at least one, in a block of: lens"),
        ({"lens": {}}, "experiments: expected at least one, in a block of: lens"),
        ({"lens": None}, "lens: expected a block of keys, found nothing"),
        ({"lens": [1]}, "lens: expected a block of keys, found the list [1]"),
        ({"lens": {"experiments": {}}}, "experiments: expected at least one, in a block of"),
        ({"lens": {"experiments": {"a": None}}}, "lens.experiments.a: expected a block of keys, f"),
        (config(data={}, title=""), f"{E}.title: expected text, found the text '' (What"),
        (config(seeds=[]), f"{E}.seeds: expected at least 1 item, found the list [] (Seeds"),
        (config(fast=3), f"{E}.fast: expected a block of keys, found 3"),
    ],
)
def test_missing_and_empty_blocks(source, line):
    assert the_mistake(source).startswith(line)


def test_a_block_without_keys_is_left_out():
    line = the_mistake(config(lens={"fast": None}))
    hint = "leave the key out for its defaults"
    assert line == f"lens.fast: expected a block of keys, found nothing: {hint}"


def test_a_data_block_without_its_source():
    source = {"lens": {"experiments": {"bumps": {"title": "B", "data": {"n": 33}}}}}
    assert the_mistake(source).startswith(f"{E}.data.source: missing; one of gaussian, legendre, ")


@pytest.mark.parametrize("name", ["Bumps", "1bump", "a-b", "a b", "", "é", 3, "x" * 61, "a/b"])
def test_names_become_folders(name):
    block = config()["lens"]["experiments"]["bumps"]
    rule = "a name has lower-case letters, digits and _, begins with a letter, is at most 60 long"
    assert f"lens.experiments.{name}: {rule}" in mistakes({"lens": {"experiments": {name: block}}})


def test_all_mistakes_are_told_at_once_and_each_once():
    source = config({"n": 2, "nois": 1, "scale": [1, "a"], "group": "x"}, seeds=[-1, "b"], foo=1)
    lines = mistakes(source)
    keys = sorted(line.split(": ")[0].removeprefix(f"{E}.") for line in lines)
    assert keys == sorted(
        ["data.group", "data.n", "data.nois", "data.scale.1", "foo", "seeds.0", "seeds.1"]
    )


def test_a_named_file_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    block = {"title": "Mine", "data": {"source": "file", "path": "mine.csv"}}
    source = {"lens": {"experiments": {"mine": block}}}
    line = the_mistake(source)
    assert line == f"lens.experiments.mine.data.path: no such file: mine.csv (seen from {tmp_path})"
    (tmp_path / "mine.csv").write_text("1,2\n")
    assert load(source).lens.experiments["mine"].data.path == "mine.csv"


def test_long_values_are_shortened():
    line = the_mistake(config({"group": "x" * 500}))
    assert "x" * 60 in line
    assert "x" * 61 not in line
