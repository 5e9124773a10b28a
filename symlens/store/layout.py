"""How a data set is laid out in an open NetCDF file: dimensions, variables, chunks, attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from symlens.errors import FileError
from symlens.store.attributes import encode
from symlens.store.schema import Schema, is_text

if TYPE_CHECKING:
    import netCDF4
    import xarray as xr

CHUNK_BYTES = 1 << 20
"""Uncompressed size of a chunk on disk."""

DEFLATE_LEVEL: Final = 4


def described(ds: xr.Dataset, schema: Schema, where: str) -> dict[str, dict[str, Any]]:
    """Attributes of every variable, schema's first and in its order, with long_name and units.

    Raises
    ------
    FileError
        For a variable that a closed schema does not list, or that lacks long_name or units.
    """
    names = [name for name in schema.variables if name in ds.variables]
    names += [str(name) for name in ds.variables if name not in schema.variables]
    return {name: _described(name, _own(ds[name].attrs), schema, where) for name in names}


def fill(
    file: netCDF4.Dataset,
    ds: xr.Dataset,
    attributes: Mapping[str, Mapping[str, Any]],
    *,
    unlimited: str | None = None,
) -> None:
    """Define the dimensions, variables and attributes in an open file and write the values."""
    for dim, size in ds.sizes.items():
        file.createDimension(str(dim), None if dim == unlimited else size)
    for name, own in attributes.items():
        values: NDArray[Any] = np.asarray(ds[name].values)
        dims = tuple(str(dim) for dim in ds[name].dims)
        if is_text(values.dtype):
            target = file.createVariable(name, str, dims)
            values = values.astype(str).astype(object)
        elif dims:
            sizes = chunk_sizes(values, grows=dims[0] == unlimited)
            target = file.createVariable(
                name,
                str(values.dtype),
                dims,
                compression="zlib",
                complevel=DEFLATE_LEVEL,
                chunksizes=sizes,
            )
        else:
            target = file.createVariable(name, str(values.dtype), ())
        target.setncatts(encode(own))
        target[...] = values
    file.setncatts(encode(_own(ds.attrs)))


def chunk_sizes(values: NDArray[Any], *, grows: bool) -> tuple[int, ...]:
    """Chunks of whole rows of about ``CHUNK_BYTES``."""
    row_bytes = max(1, values.dtype.itemsize * int(np.prod(values.shape[1:])))
    rows = max(1, CHUNK_BYTES // row_bytes)
    return (rows if grows else min(rows, values.shape[0]), *values.shape[1:])


def _described(name: str, own: dict[str, Any], schema: Schema, where: str) -> dict[str, Any]:
    spec = schema.variables.get(name)
    if spec is not None:
        return own | {"long_name": spec.long_name, "units": spec.units}
    if not schema.open:
        known = ", ".join(schema.variables)
        raise FileError(f"{where}: variable {name!r}: expected one of {known}")
    missing = [key for key in ("long_name", "units") if key not in own]
    if missing:
        raise FileError(f"{where}: variable {name!r}: expected {' and '.join(missing)}, found none")
    return own


def _own(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes that are ours, not those of the NetCDF library, such as ``_FillValue``."""
    return {str(key): value for key, value in attrs.items() if not str(key).startswith("_")}
