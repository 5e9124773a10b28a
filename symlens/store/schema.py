"""What a kind of file holds, and the check that a data set holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symlens.errors import FileError

if TYPE_CHECKING:
    import xarray as xr

PROVENANCE = ("study", "experiment", "method", "seed", "config", "config_hash", "code_version")
"""Attributes of provenance without which a file is not one of ours."""


@dataclass(frozen=True)
class Variable:
    """A variable of a file.

    Parameters
    ----------
    dims : tuple of str
    dtype : str
        A numpy dtype name, or ``"str"``.
    units : str
        UDUNITS text; ``"1"`` where there is no unit.
    long_name : str
        What it is, for a reader of ``ncdump -h``.
    required : bool
    nan : bool
        Whether NaN is a value it may take.
    """

    dims: tuple[str, ...]
    dtype: str
    units: str
    long_name: str
    required: bool = True
    nan: bool = False


@dataclass(frozen=True)
class Attribute:
    """An attribute that a kind of file must carry: its type and, if few, its values."""

    type: type
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Schema:
    """The contract of a kind of file.

    Parameters
    ----------
    kind : str
        Name of the kind, the attribute ``kind`` of its files.
    variables : mapping of str to Variable
    attributes : mapping of str to Attribute
        Besides those of provenance, which every file carries.
    title, references : str
        CF attributes of its files.
    equal : tuple of tuples of str
        Groups of dimensions that have one size, such as ``("row", "col")``.
    open : bool
        Whether variables that are not listed may be there too.
    """

    kind: str
    variables: Mapping[str, Variable]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    title: str = ""
    references: str = ""
    equal: tuple[tuple[str, ...], ...] = ()
    open: bool = False


def check(ds: xr.Dataset, schema: Schema, where: str, *, values: bool = True) -> None:
    """Raise FileError, naming variable, expected and found, where a data set breaks its schema.

    Parameters
    ----------
    ds : Dataset
    schema : Schema
    where : str
        Name of the file, for the message.
    values : bool
        Whether to look for NaN and infinity, which loads every variable.
    """
    problem = next(_problems(ds, schema, values), None)
    if problem is not None:
        raise FileError(f"{where}: {problem}")


def is_text(dtype: np.dtype[Any]) -> bool:
    """Whether an array holds text: of fixed or variable width, or as objects."""
    return dtype.kind in "OUT"


def finite_problem(name: str, values: NDArray[Any], spec: Variable, first: int = 0) -> str | None:
    """The sentence that says where an array is not finite; None where it is as it should be."""
    if values.dtype.kind != "f":
        return None
    bad = np.isinf(values) if spec.nan else ~np.isfinite(values)
    if not bad.any():
        return None
    index = tuple(int(i) for i in np.argwhere(bad)[0]) if values.ndim else ()
    value = values[index]
    if index:
        index = (index[0] + first, *index[1:])
    at = "".join(f", {dim} {i}" for dim, i in zip(spec.dims, index, strict=True))
    allowed = "finite numbers or NaN" if spec.nan else "finite numbers"
    return f"variable {name!r}: expected {allowed}, found {value}{at}"


def _problems(ds: xr.Dataset, schema: Schema, values: bool) -> Iterator[str]:
    for name, spec in schema.variables.items():
        if name in ds.variables:
            yield from _variable_problems(name, ds[name], spec, values)
        elif spec.required:
            there = ", ".join(str(other) for other in ds.variables) or "none"
            yield f"variable {name!r}: expected {_shape(spec)}, found no such variable ({there})"
    for dims in schema.equal:
        sizes = {dim: int(ds.sizes[dim]) for dim in dims if dim in ds.sizes}
        if len(set(sizes.values())) > 1:
            found = ", ".join(f"{dim} = {size}" for dim, size in sizes.items())
            yield f"dimensions {', '.join(dims)}: expected one size, found {found}"
    for name, attribute in schema.attributes.items():
        yield from _attribute_problems(name, ds.attrs, attribute)


def _variable_problems(
    name: str, array: xr.DataArray, spec: Variable, values: bool
) -> Iterator[str]:
    dims = tuple(str(dim) for dim in array.dims)
    if dims != spec.dims:
        yield f"variable {name!r}: expected {_shape(spec)}, found dimensions ({', '.join(dims)})"
    elif _dtype_name(array.dtype) != spec.dtype:
        yield f"variable {name!r}: expected {spec.dtype}, found {_dtype_name(array.dtype)}"
    elif 0 in array.shape:
        yield f"variable {name!r}: expected at least one value, found shape {array.shape}"
    elif values:
        problem = finite_problem(name, np.asarray(array.values), spec)
        if problem:
            yield problem


def _attribute_problems(name: str, attrs: Mapping[Any, Any], attribute: Attribute) -> Iterator[str]:
    if name not in attrs:
        yield f"attribute {name!r}: expected {attribute.type.__name__}, found no such attribute"
        return
    value = attrs[name]
    if not isinstance(value, attribute.type):
        yield f"attribute {name!r}: expected {attribute.type.__name__}, found {value!r}"
    elif attribute.choices and value not in attribute.choices:
        allowed = ", ".join(repr(choice) for choice in attribute.choices)
        yield f"attribute {name!r}: expected one of {allowed}, found {value!r}"


def _shape(spec: Variable) -> str:
    return f"{spec.dtype} ({', '.join(spec.dims)})"


def _dtype_name(dtype: np.dtype[Any]) -> str:
    """Name of a dtype; every kind of text is ``str``."""
    return "str" if is_text(dtype) else str(dtype.name)
