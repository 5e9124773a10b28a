"""Files that hold a configuration, what it resolves to, and its JSON schema."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from symlens.config import Config, ConfigError, load
from symlens.config.__main__ import main
from symlens.config.schema import schema, text
from symlens.provenance import config_hash

ROOT = Path(__file__).parents[2]
FILES = ["config.yaml", "latent.yaml", "paper.yaml", "plane.yaml"]
GOOD = """
lens:
  fast: {rounds: 7, samples: 5000}
  experiments:
    bumps:
      title: Bumps
      data: {source: gaussian, n: 33, scale: [1, 2], noise: 0}
      methods: [fast, official]
      fast: {samples: 3000}
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "c.yaml").write_text(GOOD)
    return tmp_path / "c.yaml"


def refused(path, content):
    path.write_text(content) if isinstance(content, str) else path.write_bytes(content)
    with pytest.raises(ConfigError) as error:
        load(path)
    assert len(error.value.mistakes) == 1
    line = error.value.mistakes[0]
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    return line.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "empty; expected a block of keys"),
        ("# nothing but a comment\n", "empty; expected a block of keys"),
        ("- 1\n- 2\n", "expected a block of keys, found the list [1, 2]"),
        ("just words", "expected a block of keys, found the text 'just words'"),
        ("lens: 1\nlens: 2\n", "line 2, column 1: key 'lens' is given twice in one block, first"),
        ("a: {b: 1, c: {d: 1, d: 2}}", "line 1, column 21: key 'd' is given twice in one block"),
        ("lens:\n  a: [1\n", "line 3, column 1: while parsing a flow sequence, expected ',' or"),
        ("a: {[1]: 2}", "line 1, column 5: a key must be a word, not a block or a list"),
        ("? {a: 1}\n: 2", "line 1, column 3: a key must be a word, not a block or a list"),
        ("a: 2001-99-99", "line 1, column 4: '2001-99-99' cannot be read as timestamp: month must"),
        ("b: 0\na: 0b_", "line 2, column 4: '0b_' cannot be read as int: invalid literal for"),
        ("a: " + "1" * 5000, "line 1, column 4: '1111111111111111111111111111111111111111' cannot"),
        ("a: &a [1, *a]", "line 1, column 4: an alias that contains itself"),
        ("a: " + "[" * 3000, "cannot be read as YAML: blocks and lists are nested too deep"),
        ("lens:\n\ta: 1\n", "line 2, column 1: while scanning for the next token, found charac"),
        ("lens: *none\n", "line 1, column 7: found undefined alias 'none'"),
        ("lens: !!python/name:os.system\n", "line 1, column 7: could not determine a constructor"),
        ("lens: \0", "cannot be read as YAML: unacceptable character #x0000"),
        (b"lens: \xff\xfe", "not a text file in UTF-8"),
    ],
)
def test_files_that_hold_no_configuration(tmp_path, content, line):
    assert refused(tmp_path / "c.yaml", content).startswith(line)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError) as error:
        load(tmp_path / "none.yaml")
    assert str(error.value) == f"{tmp_path / 'none.yaml'}: no such file"
    with pytest.raises(ConfigError) as error:
        load(tmp_path)
    assert str(error.value) == f"{tmp_path}: cannot be read: Is a directory"


def test_merge_keys_may_repeat_what_they_merge(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        "lens:\n  experiments:\n    a: &a {title: A, data: {source: white_noise}}\n"
        "    b: {<<: *a, title: B}\n"
    )
    experiments = load(path).lens.experiments
    assert (experiments["a"].title, experiments["b"].title) == ("A", "B")
    assert experiments["a"].data == experiments["b"].data


def test_a_path_and_what_it_holds_are_the_same(path):
    assert load(path) == load(str(path)) == load(yaml.safe_load(GOOD))


def test_whole_numbers_are_real_numbers_and_lists_are_tuples(path):
    data = load(path).lens.experiments["bumps"].data
    assert data.scale == (1.0, 2.0)
    assert all(type(value) is float for value in (*data.scale, data.noise))


def test_a_configuration_does_not_change(path):
    config = load(path)
    with pytest.raises(ValidationError, match="frozen"):
        config.lens.fast.rounds = 8


def test_overrides_win_key_by_key(path):
    overrides = {"lens": {"experiments": {"bumps": {"data": {"n": 25}, "seeds": [9]}}}}
    block = load(path, overrides).lens.experiments["bumps"]
    assert (block.data.n, block.seeds, block.data.scale) == (25, (9,), (1.0, 2.0))
    assert load(path).lens.experiments["bumps"].data.n == 33
    with pytest.raises(ConfigError, match=r"^lens: expected a block of keys, found 3$"):
        load(path, {"lens": 3})


def test_settings_of_an_experiment_win_over_the_study_over_the_defaults(path):
    lens = load(path).lens
    fast, official = lens.settings("bumps", "fast"), lens.settings("bumps", "official")
    assert (fast.samples, fast.rounds) == (3000, 7)
    assert fast.held_out == type(fast)().held_out
    assert official == type(official)()
    with pytest.raises(KeyError):
        lens.settings("none", "fast")


def test_what_resolves_alike_is_known_again(path):
    def key(change, method="fast"):
        resolved = load(path, {"lens": change}).lens.resolved("bumps", method)
        assert json.loads(json.dumps(resolved)) == resolved
        return config_hash(resolved)

    base = key({})
    block = {"source": "white_noise"}
    unrelated = [
        {"experiments": {"bumps": {"title": "Other", "seeds": [5], "methods": ["fast"]}}},
        {"experiments": {"noise": {"title": "Noise", "data": block}}},
        {"official": {"epochs": 3}},
        {"fast": {"samples": 77_777}},  # the experiment has its own
        {
            "experiments": {"bumps": {"data": {"noise": 0.0, "lots": 5}}}
        },  # its value by another name
    ]
    assert {key(change) for change in unrelated} == {base}
    related = [
        {"fast": {"rounds": 8}},
        {"experiments": {"bumps": {"fast": {"samples": 3001}}}},
        {"experiments": {"bumps": {"data": {"noise": 0.1}}}},
        {"experiments": {"bumps": {"data": {"cyclic": True}}}},
    ]
    assert (
        len({key(change) for change in related} | {base, key({}, "official"), key({}, None)}) == 7
    )


@pytest.mark.parametrize("name", FILES)
def test_the_files_of_the_repository_are_good(name):
    config = load(ROOT / "config" / name)
    for experiment in config.lens.experiments:
        for method in config.lens.experiments[experiment].methods:
            config.lens.settings(experiment, method)


def test_the_tour_is_what_the_readme_promises():
    experiments = load(ROOT / "config" / "config.yaml").lens.experiments
    assert set(experiments) == {
        "translation",
        "permuted",
        "frequency_shift",
        "random_basis",
        "photographs",
        "legendre",
        "no_symmetry",
        "white_noise",
    }
    assert all(block.methods == ("fast",) for block in experiments.values())
    assert all(len(block.seeds) == 3 for block in experiments.values())
    for name in ("translation", "permuted", "frequency_shift", "random_basis"):
        assert (experiments[name].data.source, experiments[name].data.n) == ("gaussian", 33)
    assert (experiments["photographs"].data.source, experiments["photographs"].data.n) == (
        "image_rows",
        27,
    )
    assert experiments["no_symmetry"].data.source == "independent"


def test_the_readme_is_right(tmp_path, monkeypatch):
    readme = (ROOT / "config" / "README.md").read_text()
    example = yaml.safe_load(readme.split("```yaml\n")[1].split("```")[0])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("1,2,3\n")
    assert load(example).lens.experiments["mine"].data.path == "mine.csv"

    data = example["lens"]["experiments"]["mine"]["data"]
    data["pth"] = data.pop("path")
    example["lens"] |= {"fast": {"held_out": 2}, "official": {"model_learning_rate": "1e-4"}}
    with pytest.raises(ConfigError) as error:
        load(example)
    for line in readme.split("```text\n")[1].split("```")[0].splitlines():
        start = line.removesuffix("(...)")
        assert any(mistake.startswith(start) for mistake in error.value.mistakes), line


def test_the_schema_in_the_repository_is_not_stale():
    assert (ROOT / "config" / "schema.json").read_text() == text(), "run python -m symlens.config"


def test_the_schema_is_written_and_checked(tmp_path, capsys):
    path = tmp_path / "schema.json"
    assert main([str(path), "--check"]) == 1
    assert "is stale: run `python -m symlens.config`" in capsys.readouterr().err
    assert main([str(path)]) == 0
    assert main([str(path), "--check"]) == 0
    path.write_text(path.read_text().replace("minimum", "maximum", 1))
    assert main([str(path), "--check"]) == 1


jsonschema = pytest.importorskip("jsonschema")  # comes with snakemake


def errors(values):
    return [
        ".".join(str(key) for key in error.absolute_path)
        for error in jsonschema.Draft202012Validator(schema()).iter_errors(values)
    ]


@pytest.mark.parametrize("name", FILES)
def test_editors_find_no_fault_with_the_files_of_the_repository(name):
    jsonschema.Draft202012Validator.check_schema(schema())
    assert errors(yaml.safe_load((ROOT / "config" / name).read_text())) == []
    assert "$schema=schema.json" in (ROOT / "config" / name).read_text().splitlines()[0]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"lens": {"fast": {"round": 3}}}, "lens.fast"),
        ({"lens": {"fast": {"rounds": 0}}}, "lens.fast.rounds"),
        ({"lens": {"experiments": {"Bad": {}}}}, "lens.experiments"),
        ({"lens": {"experiments": {"bumps": {"data": {"nn": 3}}}}}, "lens.experiments.bumps.data"),
        ({"lens": {"experiments": {"bumps": {"data": {"scale": [1, 2, 3]}}}}}, ""),
        ({"trackng": {}}, ""),
    ],
)
def test_editors_refuse_what_the_models_refuse(change, where):
    def merged(old, new):
        both = isinstance(old, dict) and isinstance(new, dict)
        return {**old, **{k: merged(old.get(k), v) for k, v in new.items()}} if both else new

    values = merged(yaml.safe_load(GOOD), change)
    assert any(path.startswith(where) for path in errors(values))
    with pytest.raises(ConfigError):
        load(values)


def test_a_data_block_without_its_source_is_refused_by_editors_too():
    values = yaml.safe_load(GOOD)
    del values["lens"]["experiments"]["bumps"]["data"]["source"]
    assert errors(values) == ["lens.experiments.bumps.data"]


def test_every_key_is_documented():
    def undocumented(model, path):
        for name, info in model.model_fields.items():
            if not info.description:
                yield f"{path}.{name}"

    seen, queue = [], [Config]
    while queue:
        model = queue.pop()
        seen += undocumented(model, model.__name__)
        for definition in model.model_fields.values():
            queue += [
                block
                for block in _blocks(definition.annotation)
                if block.__name__ not in [done.split(".")[0] for done in seen]
            ]
    assert seen == []


def _blocks(annotation):
    """Models inside an annotation."""
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [block for part in getattr(annotation, "__args__", ()) for block in _blocks(part)]


def test_configuration_starts_without_the_heavy_libraries():
    code = (
        "import sys, symlens.config\n"
        "heavy = {'numpy', 'xarray', 'tensorflow', 'keras', 'mlflow', 'matplotlib', 'sklearn'}\n"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_aliases_that_stand_for_billions_are_refused_at_once(path):
    bomb = [
        "a0: &a0 [x]",
        *(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 30)),
    ]
    assert "more than 1,000,000 values, aliases written out" in refused(path, "\n".join(bomb))


def test_a_number_of_thousands_of_bits_is_refused_in_a_line():
    with pytest.raises(ConfigError) as error:
        load({"lens": {"fast": {"samples": 16**9000}}})
    assert "lens.fast.samples" in str(error.value)
    assert len(str(error.value)) < 300
