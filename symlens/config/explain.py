"""A user's mistakes in one line each: where, what is allowed, what was found."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from symlens.config.base import BlockError
from symlens.config.walk import Place, tag_of, walk
from symlens.config.yaml_text import parse

Error = Mapping[str, Any]

LONGEST_TEXT = 310
"""Letters of a text that may be meant for a number: a real number has 309 digits at most."""


def explain(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line per mistake, each with its key path.

    Parameters
    ----------
    error : ValidationError
        Raised by ``model``.
    model : type
    """
    lines = []
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]:
            continue  # only short of the items whose own mistakes are listed
        place = walk(model, item["loc"])
        lines += [_line((*place.path, *more), text) for more, text in _texts(item, place)]
    return list(dict.fromkeys(lines))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like the given one, if any is like it."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def show(value: Any) -> str:
    """A value as YAML has it, shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping | set | frozenset):
        return "a block of keys" if isinstance(value, Mapping) else "a set"
    if isinstance(value, list | tuple):
        return f"the list [{', '.join(show(item) for item in value)[:60]}]"
    if isinstance(value, str):
        return f"the text {value[:60]!r}"
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a number of {value.bit_length()} bits"
    return str(value).lower() if isinstance(value, bool) else str(value)[:60]


def _line(path: Iterable[str | int], text: str) -> str:
    keys = ".".join(str(key) for key in path)
    return " ".join((f"{keys}: {text}" if keys else text).split())


def _texts(item: Error, place: Place) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Keys below the place and what is wrong there."""
    cause = item.get("ctx", {}).get("error")
    if isinstance(cause, BlockError):
        for path, text in cause.mistakes:
            yield tuple(path.split(".")), text
        return
    if item["type"] == "value_error":
        key, colon, text = str(cause).partition(": ")
        is_key = bool(colon) and place.model is not None and key in place.model.model_fields
        yield ((key,), text) if is_key else ((), str(cause))
        return
    if item["type"] in ("union_tag_invalid", "union_tag_not_found"):
        yield (item["ctx"]["discriminator"].strip("'"),), _tag(item, place)
        return
    if item["loc"] and item["loc"][-1] == "[key]":
        yield (), NAME_RULE
        return
    yield (), TEXTS.get(item["type"], _other)(item, place)


def _unknown_key(_: Error, place: Place) -> str:
    names = list(place.model.model_fields) if place.model else []
    owners = [tag for tag, block in place.kin.items() if place.path[-1] in block.model_fields]
    if owners:
        kind = f"{tag_of(place.kin.values())} {', '.join(owners)}"
        return f"a key of {kind} only; known keys here: {', '.join(names)}"
    near = nearest(str(place.path[-1]), names)
    hint = f"did you mean {near!r}?" if near else f"known keys: {', '.join(names)}"
    return f"unknown key; {hint}"


def _missing(_: Error, place: Place) -> str:
    return "missing" + _about(place)


def _choice(item: Error, place: Place) -> str:
    return _one_of(item["input"], [str(choice) for choice in place.choices])


def _tag(item: Error, place: Place) -> str:
    if item["type"] == "union_tag_not_found":
        return f"missing; one of {', '.join(place.tags)}"
    key = item["ctx"]["discriminator"].strip("'")
    return _one_of(item["input"][key], place.tags)


def _one_of(found: Any, choices: Iterable[str]) -> str:
    near = nearest(found, choices) if isinstance(found, str) else None
    hint = f"; did you mean {near!r}?" if near else ""
    return f"found {show(found)}, expected one of {', '.join(choices)}{hint}"


def _number(item: Error, place: Place) -> str:
    whole = item["type"].startswith("int")
    found = item["input"]
    text = f"expected {'a whole number' if whole else 'a number'}, found {show(found)}"
    if isinstance(found, str):
        text += _as_number(found)
    elif whole and isinstance(found, float) and found.is_integer():
        text += f": write {int(found)}"
    return text + _about(place)


def _as_number(text: str) -> str:
    """How to write a number that YAML took for text; empty where it is none."""
    found = re.fullmatch(r"([-+]?\d+)(\.\d*)?(?:[eE]([-+]?)(\d+))?", text.strip().replace("_", ""))
    if found is None or len(text) > LONGEST_TEXT:
        return ""
    whole, fraction, sign, exponent = found.groups()
    plain = whole + (fraction or "")
    if exponent is not None:
        plain = f"{whole}{fraction or '.0'}e{sign or '+'}{exponent}"
    if isinstance(parse(text), int | float):
        return f": write {plain} without quotes"
    return f": YAML reads {text} as text: write {plain}"


def _range(item: Error, place: Place) -> str:
    return f"must be {place.bounds or item['msg']}, found {show(item['input'])}" + _about(place)


def _items(item: Error, place: Place) -> str:
    limit = item["ctx"].get("min_length", item["ctx"].get("max_length"))
    side = "at least" if "min_length" in item["ctx"] else "at most"
    count = f"{limit} item{'' if limit == 1 else 's'}"
    return f"expected {side} {count}, found {show(item['input'])}" + _about(place)


def _pattern(item: Error, _: Place) -> str:
    return f"must match {item['ctx']['pattern']}, found {show(item['input'])}"


def _expected(what: str) -> Callable[[Error, Place], str]:
    def text(item: Error, place: Place) -> str:
        return f"expected {what}, found {show(item['input'])}" + _about(place)

    return text


def _block(item: Error, place: Place) -> str:
    hint = ": leave the key out for its defaults" if item["input"] is None and place.default else ""
    return f"expected a block of keys, found {show(item['input'])}{hint}"


def _other(item: Error, _: Place) -> str:
    message = str(item["msg"])
    return f"{message[:1].lower()}{message[1:]}, found {show(item['input'])}"


def _about(place: Place) -> str:
    """First sentence of the description of the key, which holds its unit."""
    first = re.split(r"(?<=[a-z)])[.;]\s", " ".join((place.about or "").split()) + " ")[0]
    return f" ({first.strip().rstrip('.')})" if first.strip() else ""


NAME_RULE = "a name has lower-case letters, digits and _, begins with a letter, is at most 60 long"
RANGES = ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number")
TEXTS: dict[str, Callable[[Error, Place], str]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "literal_error": _choice,
    "int_type": _number,
    "int_from_float": _number,
    "float_type": _number,
    "too_short": _items,
    "too_long": _items,
    "string_type": _expected("text"),
    "string_too_short": _expected("text"),
    "string_too_long": _pattern,
    "string_pattern_mismatch": _pattern,
    "bool_type": _expected("true or false"),
    "tuple_type": _expected("a list"),
    "list_type": _expected("a list"),
    "dict_type": _block,
    "model_type": _block,
    "model_attributes_type": _block,
} | dict.fromkeys(RANGES, _range)
