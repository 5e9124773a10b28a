"""From the location of a mistake to the place in the models: path, bounds, choices, description."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

BOUNDS = (
    (Ge, "ge", "at least"),
    (Gt, "gt", "above"),
    (Le, "le", "at most"),
    (Lt, "lt", "below"),
)


TAGS = ("source", "kind")
"""Fields that tell the blocks of a union apart."""


@dataclass(frozen=True)
class Place:
    """Where in the models a key path leads.

    Parameters
    ----------
    path : tuple of str or int
        Keys as the user wrote them.
    model : type or None
        Innermost block on the way (the block itself, if the path ends at one).
    about : str or None
        Description of the last field on the way.
    bounds : str
        Allowed range, such as ``at least 3 and at most 2048``; empty where there is none.
    choices : tuple
        Allowed values, empty where there are too many.
    tags : tuple of str
        Names of the kinds of block that may stand here.
    default : bool
        Whether the key may be left out.
    kin : mapping of str to type
        Blocks that might have stood where the innermost tagged one stands, by tag.
    """

    path: tuple[str | int, ...]
    model: type[BaseModel] | None = None
    about: str | None = None
    bounds: str = ""
    choices: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    default: bool = False
    kin: Mapping[str, type[BaseModel]] = field(default_factory=dict)


@dataclass
class _Cursor:
    """A type on the way, with the constraints that stand beside it."""

    kind: Any
    path: list[str | int] = field(default_factory=list)
    model: type[BaseModel] | None = None
    about: str | None = None
    constraints: list[Any] = field(default_factory=list)
    default: bool = False
    kin: dict[str, type[BaseModel]] = field(default_factory=dict)

    def enter(self, kind: Any, constraints: Sequence[Any] = ()) -> None:
        """Go on to a type, taking off its annotations."""
        self.kind, self.constraints = kind, list(constraints)
        while get_origin(self.kind) is Annotated:
            self.kind, *metadata = get_args(self.kind)
            for item in metadata:
                self.constraints += item.metadata if isinstance(item, FieldInfo) else [item]
        members = [member for member in _members(self.kind) if member is not type(None)]
        if len(members) == 1 and members[0] is not self.kind:
            self.enter(members[0], self.constraints)
        elif _is_block(self.kind):
            self.model = self.kind


def walk(model: type[BaseModel], location: Sequence[str | int]) -> Place:
    """Follow the location of a pydantic error through the models.

    Pydantic's location also names the kind of a tagged block, which is no key of the user's;
    it is left out of the path.
    """
    at = _Cursor(model)
    at.enter(model)
    for step in location:
        tagged = _tagged(at.kind)
        if tagged:
            if step in tagged:
                at.enter(tagged[str(step)])
                at.kin = tagged
            continue
        if step == "[key]":
            continue
        at.path.append(step)
        if _is_block(at.kind) and step in at.kind.model_fields:
            info = at.kind.model_fields[str(step)]
            at.about, at.default = info.description, not info.is_required()
            at.enter(info.annotation, info.metadata)
        else:
            at.default = False
            at.enter(_item(at.kind, step))
    return Place(
        tuple(at.path),
        at.model,
        at.about,
        _bounds(at.constraints),
        get_args(at.kind) if get_origin(at.kind) is Literal else (),
        tuple(_tagged(at.kind)),
        at.default,
        at.kin,
    )


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _is_block(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def tag_of(blocks: Iterable[type[BaseModel]]) -> str:
    """Name of the field that tells the blocks of a union apart."""
    shared = [set(block.model_fields) for block in blocks]
    return next(name for name in TAGS if all(name in names for names in shared))


def _tagged(kind: Any) -> dict[str, type[BaseModel]]:
    """Blocks of a union by their tags, the values of the field that tells them apart."""
    members = _members(kind)
    if len(members) < 2 or not all(_is_block(member) for member in members):
        return {}
    field = tag_of(members)
    return {
        tag: member for member in members for tag in get_args(member.model_fields[field].annotation)
    }


def _item(kind: Any, step: str | int) -> Any:
    """Type of the items of a dict or tuple; None where the walk leaves the models."""
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    if get_origin(kind) is tuple and isinstance(step, int):
        alike = arguments[-1] is Ellipsis
        return arguments[0 if alike else min(step, len(arguments) - 1)]
    return None


def _bounds(constraints: Sequence[Any]) -> str:
    """The range that the constraints leave, in words."""
    return " and ".join(
        f"{words} {_plain(getattr(item, name))}"
        for item in constraints
        for kind, name, words in BOUNDS
        if isinstance(item, kind)
    )


def _plain(bound: Any) -> str:
    return str(int(bound)) if isinstance(bound, float) and bound.is_integer() else str(bound)
