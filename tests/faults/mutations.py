"""Inputs that are nearly right, made from good ones with a generator of random numbers."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[2]

NUMBERS = [0, 1, 2, 7, 255, 256, 2**15, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62, 2**63 - 1]
DTYPES = ["<f4", ">f8", "<f2", "<f16", "|O", "|S5", "<U3", "<c8", "<i8", "|b1", "<M8[ns]", "|V8"]
DTYPES += ["<U1000000000", "|V2147483647", "[('a', '<f4')]", "<f3", "?", "O8", "<m8", "','*9"]
YAML_VALUES = [
    "1e-3",
    "1.0e-3",
    "1.0e+999",
    ".nan",
    "-.inf",
    "0x" + "f" * 9000,
    "1" * 5000,
    "2001-99-99",
    "12:30:99",
    "2001-01-01",
    "!!python/object/apply:os.system [ls]",
    "!!binary x",
    "!!int x",
    "!!float x",
    "!!set {a}",
    "!!timestamp x",
    "!!timestamp {=: 1}",
    "!!bool x",
    "!!map x",
    "!!map [a]",
    "!!set [a]",
    "!!set {0x" + "f" * 9000 + "}",
    "[[0x" + "f" * 9000 + "]]",
    "!!pairs [{a: 1, b: 2}]",
    "!!omap [a]",
    "*unknown",
    "&a [*a]",
    "{? [1] : 2}",
    "{[1]: 2}",
    "{{a: 1}: 2}",
    "~",
    "''",
    "{<<: 3}",
    "{<<: [1, 2]}",
    "[" * 60,
    "[" * 3000,
    "{a: " * 3000,
    "\t- x",
    "|\n  text",
    "? x",
    "@",
    "%",
    "`",
    "\x00",
    "\x85",
    "\ufeff",
    "0b2",
    "0o9",
    "-0",
    "1_0",
    "_",
    ".",
    "1.e1",
    "[1, 2",
    "{a: 1, a: 2}",
    "--- 1\n--- 2",
]
CELLS = [
    "",
    "NaN",
    "inf",
    "-inf",
    "1e400",
    "1e39",
    "0x10",
    "1_000",
    "True",
    "1+2j",
    '"',
    '"a',
    "'",
    "a b",
    "1;2",
    "\x00",
    "\ufeff",
    "9" * 400,
    "-",
    "e",
    ".",
    "2020-01-01",
    "\r",
    "é",
    "#",
    "1,2",
    "\udcff",
    "null",
]


def seeds(folder):
    """Good files of every kind: name of the kind -> list of bytes."""
    from PIL import Image

    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3)).astype(np.float32)
    found = {kind: [] for kind in ("yaml", "npy", "npz", "csv", "nc", "png", "json")}
    for array in (x, x.astype(float), np.asfortranarray(x), np.arange(90).reshape(30, 3)):
        stream = io.BytesIO()
        np.save(stream, array)
        found["npy"].append(stream.getvalue())
        for save in (np.savez, np.savez_compressed):
            stream = io.BytesIO()
            save(stream, x=array, other=array[0])
            found["npz"].append(stream.getvalue())
    for mark in ",;\t":
        lines = [mark.join(f"{value:.5g}" for value in row) for row in x]
        found["csv"] += ["\n".join([mark.join("abc"), *lines]).encode(), "\n".join(lines).encode()]
    for mode in ("RGB", "L", "I;16", "P", "F"):
        for kind in ("png", "tiff", "jpeg", "bmp"):
            stream = io.BytesIO()
            picture = Image.fromarray(rng.integers(0, 255, (12, 40, 3), dtype=np.uint8))
            try:
                picture.convert("L" if mode == "I;16" else mode).save(stream, kind)
            except OSError:  # a kind that does not know the mode
                continue
            found["png"].append(stream.getvalue())
    found["json"] = [b'{"enabled": true, "uri": null}\n']
    for name in ("config/config.yaml", "tests/workflow/mini.yaml"):
        values = yaml.safe_load((ROOT / name).read_text())
        found["yaml"].append(yaml.safe_dump(values).encode())
    found["yaml"].append((ROOT / "tests/workflow/mini.yaml").read_bytes())
    found["nc"] = [*_netcdf_of_ours(folder, x), *_netcdf_of_others(folder, x)]
    return found


def _netcdf_of_ours(folder, x):
    import xarray as xr

    from symlens import store
    from symlens.lens.schemas import DATA

    origin = store.Provenance("lens", "a", seed=1, config={"data": {"n": 3}})
    ds = xr.Dataset({"x": (("sample", "pixel"), x)}, attrs={"cyclic": 1})
    store.write(ds, folder / "ours.nc", DATA, origin)
    yield (folder / "ours.nc").read_bytes()


def _netcdf_of_others(folder, x):
    """Files that the library can write and that are none of ours; many declare what is not so."""
    import netCDF4

    def made(fill, *arguments, form="NETCDF4", **options):
        with netCDF4.Dataset(folder / "other.nc", "w", format=form) as file:
            fill(file, *arguments, **options)
        return (folder / "other.nc").read_bytes()

    for kind in ("f4", "f8", "i1", "u8", "S1"):
        yield made(_table, x, kind, values=kind != "S1")
    for rows, columns in ((10**9, 3), (3, 10**9), (10**6, 10**6), (None, 10**7), (2**31, 2**20)):
        sizes = (1, min(columns, 1000))
        yield made(_table, x, "f4", rows, columns, values=False, zlib=True, chunksizes=sizes)
    sizes = (2**14, 2**14)
    yield made(_table, x, "f8", None, 2**14, values=False, zlib=True, chunksizes=sizes)
    with netCDF4.Dataset("filters", "w", diskless=True) as file:
        filters = {"zstd": file.has_zstd_filter(), "bzip2": file.has_bzip2_filter()}
    for kind in (kind for kind, known in filters.items() if known):
        yield made(_table, x, compression=kind)
    for name, value in ATTRIBUTES:
        yield made(lambda file, n=name, v=value: _table(file, x).setncattr(n, v))
    for rows, values in ((40, True), (10**9, False)):
        yield made(_coordinate, x, rows, values)
    for fill in (_attributes, _types, _groups):
        yield made(fill, x)
    yield made(_table, x, rows=None, values=False)
    for form in ("NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"):
        yield made(_table, x, form=form)
    for form in ("NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET"):
        yield made(_described, x, form=form)


ATTRIBUTES = (
    ("scale_factor", "text"),
    ("scale_factor", [1.0, 2.0]),
    ("add_offset", np.inf),
    ("_Unsigned", "true"),
    ("units", "days since yesterday"),
    ("units", "seconds"),
    ("missing_value", [1.0, 2.0]),
    ("valid_range", "x"),
    ("coordinates", "nothing there"),
    ("dtype", "timedelta64[ns]"),
)


def _table(file, x, kind="f4", rows=40, columns=3, *, values=True, **options):
    file.createDimension("sample", rows)
    file.createDimension("pixel", columns)
    variable = file.createVariable("x", kind, ("sample", "pixel"), **options)
    if values:
        variable[:] = x if np.dtype(kind).kind == "f" else 1
    return variable


def _coordinate(file, x, rows, values):
    _table(file, x, rows=rows, values=values, zlib=True, chunksizes=(40, 3))
    file.createVariable("sample", "f8", ("sample",), zlib=True, chunksizes=(40,))


def _described(file, x):
    """Attributes of several types, and a second variable that grows with the first."""
    _table(file, x, rows=None).setncattr("scales", np.arange(5.0))
    file.createVariable("y", "i2", ("sample",)).setncattr("unit", "m")
    file.setncattr("title", "twelve bytes")


def _attributes(file, x):
    _table(file, x)
    file.json_attributes = "config kind"
    file.config = "{" * 5000
    file.kind = np.arange(3)


def _types(file, _):
    file.createDimension("sample", 4)
    file.createDimension("pixel", 2)
    pair = file.createCompoundType(np.dtype([("a", "f4"), ("b", "i4")]), "pair")
    file.createVariable("x", pair, ("sample", "pixel"))
    file.createVariable("y", file.createVLType("f4", "ragged"), ("sample",))
    file.createVariable("z", file.createEnumType("u1", "enum", {"a": 0}), ("sample", "pixel"))
    file.createVariable("text", str, ("sample", "pixel"))


def _groups(file, x):
    _table(file.createGroup("a").createGroup("b"), x)


def mutated(kind, good, rng):
    """Bytes made from one of the good files of a kind."""
    content = good[kind][int(rng.integers(len(good[kind])))]
    shapes = {"yaml": _yaml, "npy": _npy, "npz": _npz, "csv": _csv, "json": _json}
    if kind in shapes and rng.uniform() < 0.6:
        content = shapes[kind](content, rng)
        if rng.uniform() < 0.5:  # else most of them are no text, and nothing else is asked of them
            return content
    if kind == "nc" and rng.uniform() < 0.1:
        return content
    for _ in range(int(rng.integers(0, 4))):
        content = _bytes(content, rng)
    return content


def _pick(rng, items):
    return items[int(rng.integers(len(items)))]


def _bytes(content, rng):
    """One change that knows nothing of the format."""
    data = bytearray(content)
    if not data:
        return bytes(rng.integers(0, 256, 16, dtype=np.uint8))
    place = int(rng.integers(len(data)))
    match int(rng.integers(8)):
        case 0:
            del data[place:]
        case 1:
            data[place] = int(rng.integers(256))
        case 2:
            data[place] ^= 1 << int(rng.integers(8))
        case 3:
            width = _pick(rng, [1, 2, 4, 8])
            number = _pick(rng, NUMBERS) % (1 << 8 * width)
            order = _pick(rng, ["little", "big"])
            data[place : place + width] = number.to_bytes(width, order)
        case 4:
            data[place:place] = bytes(
                rng.integers(0, 256, int(rng.integers(1, 64)), dtype=np.uint8)
            )
        case 5:
            del data[place : place + int(rng.integers(1, 64))]
        case 6:
            other = int(rng.integers(len(data)))
            length = int(rng.integers(1, 64))
            data[place : place + length] = data[other : other + length]
        case _:
            data[place : place + int(rng.integers(1, 32))] = b"\xff" * int(rng.integers(1, 32))
    return bytes(data)


def _yaml(content, rng):
    lines = content.decode().split("\n")
    for _ in range(_pick(rng, [1, 1, 2, 3])):
        place = int(rng.integers(len(lines)))
        key, colon, _ = lines[place].partition(":")
        match int(rng.integers(5)):
            case 0:
                lines[place] = f"{key}{colon} {_pick(rng, YAML_VALUES)}"
            case 1:
                lines[place] = _pick(rng, YAML_VALUES)
            case 2:
                lines.insert(place, lines[int(rng.integers(len(lines)))])
            case 3:
                del lines[place : place + int(rng.integers(1, 5))]
                lines = lines or [""]
            case _:
                depth = int(rng.integers(3, 40))
                bomb = [f"z{k}: &z{k} [{', '.join([f'*z{k - 1}'] * 9)}]" for k in range(1, depth)]
                lines += ["z0: &z0 [x]", *bomb]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _shape(rng):
    return tuple(_pick(rng, [*NUMBERS, -1, 40, 3]) for _ in range(int(rng.integers(0, 4))))


def _npy(content, rng):
    """A head that says something else than what follows."""
    shape = _pick(rng, [_shape(rng), (40, 3)])
    dtype, order = _pick(rng, DTYPES), _pick(rng, ["True", "False", "0", "None"])
    head = f"{{'descr': {dtype if dtype[0] == '[' else repr(dtype)}, 'fortran_order': {order}, "
    head += f"'shape': {_pick(rng, [shape, repr(list(shape)), '3', '(' * 400])}, }}"
    text = (
        _pick(rng, [head, "{" * 300, "(" * 9000, head[: len(head) // 2], "'" * 7]).encode() + b"\n"
    )
    version = _pick(rng, [(1, 0), (2, 0), (3, 0), (9, 9)])
    width = 2 if version[0] == 1 else 4
    length = min(_pick(rng, [len(text), len(text), *NUMBERS]), (1 << 8 * width) - 1)
    body = content[128:]
    return b"\x93NUMPY" + bytes(version) + length.to_bytes(width, "little") + text + body


def _npz(_, rng):
    """An archive of arrays of which some are none, or are much longer than the archive."""
    stream = io.BytesIO()
    packing = _pick(rng, [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2])
    good = io.BytesIO()
    np.save(good, np.random.default_rng(1).normal(size=(40, 3)))
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name in _pick(rng, [["x.npy"], ["a.npy", "b.npy"], ["x"], ["../x.npy"], ["x/"]]):
            whole = good.getvalue()
            member = _pick(rng, [whole, _npy(whole, rng), bytes(3_000_000), b""])
            archive.writestr(name, member)
    return stream.getvalue()


def _csv(content, rng):
    lines = content.decode().split("\n")
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(len(lines)))
        cells = lines[place].split(",")
        cells[int(rng.integers(len(cells)))] = _pick(rng, CELLS)
        lines[place] = _pick(rng, [",", ";", "\t", ", "]).join(cells)
    if rng.uniform() < 0.1:
        lines[0] = _pick(rng, [",", "1,", "a"]) * _pick(rng, [1000, 100_000])
    return _pick(rng, ["\n", "\r\n", "\r"]).join(lines).encode("utf-8", "surrogateescape")


def _json(_, rng):
    return json.dumps(
        _pick(rng, [None, [], {}, {"enabled": 3, "uri": [1]}, {"uri": "x"}, "x", 10**30])
    ).encode()
