"""YAML that anybody may have written: its values, or where it makes no sense and why."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

MOST_VALUES = 1_000_000
"""Blocks, lists and values of a configuration, every alias written out."""

NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What the makers of values raise when the text makes no sense for the tag."""


def parse(text: str) -> Any:
    """Values of a text in YAML.

    Raises
    ------
    yaml.YAMLError
        And nothing else, whatever the text; a ``MarkedYAMLError`` where it has a place.
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except RecursionError:
        raise yaml.YAMLError("blocks and lists are nested too deep") from None


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses what would only show later, each with its place in the file.

    A key given twice in one block; a key that is a block or a list; text that has the form of a
    number or date and is none; aliases that contain themselves or stand for millions of values;
    tags that the text below them belies.
    """

    def get_single_node(self) -> yaml.Node | None:
        node: yaml.Node | None = super().get_single_node()
        if node is not None:
            _written_out(node, {})
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ARG002
        try:  # always deep: made whole at once, not filled later, where nothing would be caught
            return super().construct_object(node, deep=True)
        except NONSENSE as error:
            tag = node.tag.removeprefix("tag:yaml.org,2002:")
            found = "a list" if isinstance(node, yaml.SequenceNode) else "a block of keys"
            if isinstance(node, yaml.ScalarNode):
                found = repr(node.value[:40])
            why = f": {str(error)[:120]}" if isinstance(error, ValueError) else ""
            raise _mistake(f"{found} cannot be read as {tag}{why}", node) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[Any, int] = {}
        is_block = isinstance(node, yaml.MappingNode)  # its tag says so, and tags can lie
        for key_node, _ in node.value if is_block else ():
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
