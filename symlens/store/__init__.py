"""The only reader and writer of NetCDF: schemas, provenance, atomic compressed files.

Neither xarray nor netCDF4 is imported before a file is read or written.
"""

from symlens.provenance import Provenance
from symlens.store.atomic import replacing
from symlens.store.attributes import decode, encode
from symlens.store.describe import header
from symlens.store.reading import blocks, open_lazy, read, take
from symlens.store.schema import Attribute, Schema, Variable, check
from symlens.store.writing import write, write_stream

__all__ = [
    "Attribute",
    "Provenance",
    "Schema",
    "Variable",
    "blocks",
    "check",
    "decode",
    "encode",
    "header",
    "open_lazy",
    "read",
    "replacing",
    "take",
    "write",
    "write_stream",
]
