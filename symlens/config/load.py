"""Reading a configuration: a typed one, or one line per mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from symlens.config.explain import explain, show
from symlens.config.root import Config
from symlens.config.yaml_text import parse
from symlens.errors import ConfigError

LONGEST_NUMBER = 1024
"""Bits of a whole number: one of more is beyond every real number, and cannot always be printed."""


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
    merged = _merged(values, overrides or {})
    too_long = [f"{place}: {text}" for place, text in _too_long(merged, "", set())]
    if too_long:  # nobody is asked what is wrong with them: pydantic would print them
        raise ConfigError(too_long)
    try:
        config = Config.model_validate(merged)
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


def _too_long(value: Any, place: str, seen: set[int]) -> Iterator[tuple[str, str]]:
    """Key path and size of every whole number that is too long, keys included."""
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER:
        yield place, f"{show(value)}; at most {LONGEST_NUMBER} are read"
    if not isinstance(value, Mapping | list | tuple | set | frozenset) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        for key, item in value.items():
            name = key if isinstance(key, str) else show(key)
            below = f"{place}.{name}" if place else name
            yield from _too_long(key, below, seen)
            yield from _too_long(item, below, seen)
    else:
        for number, item in enumerate(value):
            yield from _too_long(item, f"{place}.{number}", seen)


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
        values = parse(text)
    except yaml.MarkedYAMLError as error:
        raise ConfigError([f"{path}: {_where(error)}: {_what(error)}"]) from None
    except yaml.YAMLError as error:
        raise ConfigError(
            [f"{path}: cannot be read as YAML: {' '.join(str(error).split())}"]
        ) from None
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
