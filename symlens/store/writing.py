"""Writing NetCDF: schema checked, provenance added, compressed, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from symlens import provenance as origin
from symlens.errors import FileError
from symlens.store.atomic import replacing, require_room
from symlens.store.layout import described, fill
from symlens.store.schema import Schema, check, finite_problem

if TYPE_CHECKING:
    import netCDF4
    import xarray as xr

CONVENTIONS = "CF-1.11"

SYNC_BYTES = 16 << 20
"""Bytes that a stream may hold back before they are flushed to disk."""


def write(ds: xr.Dataset, path: Path | str, schema: Schema, provenance: origin.Provenance) -> None:
    """Write a data set as a file of the given kind.

    Parameters
    ----------
    ds : Dataset
        The variables of the schema; its attributes are kept, those of provenance added.
    path : path
        In a folder that exists.
    schema : Schema
    provenance : Provenance

    Raises
    ------
    FileError
        Where the data break the schema or the system refuses; nothing is written then.
    """
    _write(ds, Path(path), schema, provenance, variable=None, pieces=iter(()))


def write_stream(
    path: Path | str,
    schema: Schema,
    header: xr.Dataset,
    variable: str,
    chunks: Iterable[NDArray[Any]],
    provenance: origin.Provenance,
) -> None:
    """Write a file whose one long variable arrives in pieces along its first dimension.

    Memory stays bounded by one piece and ``SYNC_BYTES``, whatever the length.

    Parameters
    ----------
    path : path
    schema : Schema
    header : Dataset
        Every other variable and the attributes.
    variable : str
        Name of the long variable.
    chunks : iterable of ndarray
        Its pieces, at least one, alike but for their first axis.
    provenance : Provenance
    """
    pieces = iter(chunks)
    first = next(pieces, None)
    if first is None:
        raise FileError(f"{path}: not written: variable {variable!r}: expected data, found none")
    ds = header.assign({variable: (schema.variables[variable].dims, first)})
    _write(ds, Path(path), schema, provenance, variable, pieces)


def _write(
    ds: xr.Dataset,
    path: Path,
    schema: Schema,
    provenance: origin.Provenance,
    variable: str | None,
    pieces: Iterator[NDArray[Any]],
) -> None:
    """Write a data set, then append pieces to one variable along its first dimension."""
    import netCDF4

    where = f"{path}: not written"
    ds = ds.copy(deep=False)
    ds.attrs = _attributes(ds.attrs, schema, provenance)
    check(ds, schema, where)
    attributes = described(ds, schema, where)
    with replacing(path) as temporary:
        require_room(path, ds.nbytes)
        with _open(netCDF4.Dataset, temporary, path) as file:
            dims = schema.variables[variable].dims if variable else (None,)
            fill(file, ds, attributes, unlimited=dims[0])
            if variable:
                _append(file, path, variable, schema, pieces)


def _append(
    file: netCDF4.Dataset,
    path: Path,
    name: str,
    schema: Schema,
    pieces: Iterator[NDArray[Any]],
) -> None:
    """Append pieces, each checked, to a variable, flushing every ``SYNC_BYTES``."""
    target, where = file.variables[name], f"{path}: not written: variable {name!r}"
    rows, held = int(target.shape[0]), 0
    for piece in pieces:
        if piece.shape[1:] != target.shape[1:] or piece.dtype != target.dtype:
            expected = ", ".join(str(size) for size in ("any", *target.shape[1:]))
            raise FileError(
                f"{where}: expected pieces of {target.dtype} ({expected}), found {piece.dtype} "
                f"{piece.shape} at {target.dimensions[0]} {rows}"
            )
        problem = finite_problem(name, piece, schema.variables[name], first=rows)
        if problem:
            raise FileError(f"{path}: not written: {problem}")
        require_room(path, held + piece.nbytes)
        target[rows : rows + len(piece)] = piece
        rows, held = rows + len(piece), held + piece.nbytes
        if held > SYNC_BYTES:
            file.sync()
            held = 0


def _attributes(
    attrs: Mapping[Any, Any], schema: Schema, provenance: origin.Provenance
) -> dict[str, Any]:
    """Attributes of the file; provenance wins over what the data set was read with."""
    found = origin.attributes(provenance)
    if provenance.device is None and "device" in attrs:
        found["device"] = attrs["device"]
    about = [found["experiment"], found["method"], found["seed"] and f"seed {found['seed']}"]
    reserved = {
        "Conventions": CONVENTIONS,
        "title": f"{schema.title}: {', '.join(str(part) for part in about if part)}",
        "history": f"{found['created']} symlens {found['code_version']}: {schema.kind} written",
        "kind": schema.kind,
        "references": schema.references,
    }
    own = {key: value for key, value in attrs.items() if key not in reserved | found}
    return reserved | own | found


@contextmanager
def _open(create: type[netCDF4.Dataset], temporary: Path, path: Path) -> Iterator[netCDF4.Dataset]:
    """A new file, closed at the end; the NetCDF library's own errors become one line."""
    file = create(temporary, "w")
    try:
        yield file
        file.close()
    except BaseException as error:
        with suppress(RuntimeError):
            file.close()
        if isinstance(error, RuntimeError) and "NetCDF" in str(error):
            raise FileError(f"{path}: cannot be written: {error} (disk full?)") from error
        raise
