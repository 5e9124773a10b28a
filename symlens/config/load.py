"""Reading a configuration: a typed one, or one line per mistake."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from symlens.config.explain import explain, show
from symlens.config.root import Config
from symlens.errors import ConfigError

MOST_VALUES = 1_000_000
"""Blocks, lists and values of a configuration, every alias written out."""


def load(
    source: Path | str | Mapping[str, Any], overrides: Mapping[str, Any] | None = None
) -> Config:
    """Read and check a configuration.

    Parameters
    ----------
    source : path or mapping
        A YAML file, or what one holds.
    overrides : mapping, optional
        Keys that win over those of the source, nested like them.

    Raises
    ------
    ConfigError
        With one line per mistake, each beginning with its key path or the file.
    """
    values = dict(source) if isinstance(source, Mapping) else _read(Path(source))
    try:
        config = Config.model_validate(_merged(values, overrides or {}))
    except ValidationError as error:
        raise ConfigError(explain(error, Config)) from None
    missing = [
        f"{study}.experiments.{name}.{key}: {text}"
        for study, block in config.studies()
        for name, experiment in block.experiments.items()
        for key, text in experiment.missing_files()
    ]
    if missing:
        raise ConfigError(missing)
    return config


def _merged(values: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the overrides in them, block by block."""
    merged = dict(values)
    for key, value in overrides.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError([f"{path}: no such file"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: not a text file in UTF-8"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    try:
        values = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise ConfigError([f"{path}: {_where(error)}: {_what(error)}"]) from None
    except yaml.YAMLError as error:
        raise ConfigError([f"{path}: not YAML: {' '.join(str(error).split())}"]) from None
    except RecursionError:
        raise ConfigError([f"{path}: blocks and lists are nested too deep"]) from None
    if values is None:
        raise ConfigError([f"{path}: empty; expected a block of keys"])
    if not isinstance(values, dict):
        raise ConfigError([f"{path}: expected a block of keys, found {show(values)}"])
    return values


def _where(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else "not YAML"


def _what(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return " ".join(", ".join(parts).split())


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses what would only show later, each with its place in the file.

    A key given twice in one block; a key that is a block or a list; text that has the form of a
    number or date and is none; aliases that contain themselves or stand for millions of values.
    """

    def get_single_node(self) -> yaml.Node | None:
        node: yaml.Node | None = super().get_single_node()
        if node is not None:
            _written_out(node, {})
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, LookupError, ValueError) as error:
            shown = str(node.value)[:40]
            raise _mistake(f"{shown!r} cannot be read: {error}", node) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[Any, int] = {}
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                raise _mistake("a key must be a word, not a block or a list", key_node)
            key, line = key_node.value, key_node.start_mark.line + 1
            if key in seen:
                text = f"key {key!r} is given twice in one block, first on line {seen[key]}"
                raise _mistake(text, key_node)
            seen[key] = line
        return super().construct_mapping(node, deep)


def _written_out(node: yaml.Node, known: dict[int, int]) -> int:
    """Blocks, lists and values below a node, itself included, were its aliases written out."""
    if id(node) not in known:
        known[id(node)] = 0  # as long as it is open
        below = [
            child
            for item in (node.value if isinstance(node, yaml.CollectionNode) else ())
            for child in (item if isinstance(item, tuple) else (item,))
        ]
        known[id(node)] = 1 + sum(_written_out(child, known) for child in below)
        if known[id(node)] > MOST_VALUES:
            raise _mistake(f"more than {MOST_VALUES:,} values, aliases written out", node)
    elif not known[id(node)]:
        raise _mistake("an alias that contains itself", node)
    return known[id(node)]


def _mistake(text: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, text, node.start_mark)
