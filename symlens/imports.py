"""Which files of the package a module needs, and a hash of what they hold.

Snakemake does not see what a script imports; a rule that has this hash among its parameters reruns
when one of the files changes, and only then.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def needed(
    roots: Sequence[str], without: Sequence[str] = (), package: Path = PACKAGE
) -> tuple[Path, ...]:
    """Files of the package that the modules ``roots`` import, themselves included, sorted.

    Imports inside functions count, those under ``if TYPE_CHECKING`` do not.

    Parameters
    ----------
    roots : sequence of str
        Modules or packages, e.g. ``"symlens.lens.train"``; of a package, its every module.
    without : sequence of str
        Modules or packages that are left out, with what only they import.
    package : Path
        Folder of the package; its name is the first part of every module.
    """
    left_out = set(without)
    waiting = [module for root in roots for module in _members(root, package)]
    files: dict[str, Path] = {}
    while waiting:
        module = waiting.pop()
        parents = {module.rsplit(".", level)[0] for level in range(1, module.count(".") + 1)}
        if module in files or left_out & (parents | {module}):
            continue
        file = _file(module, package)
        if file is None:
            continue
        files[module] = file
        waiting += parents
        waiting += _imported(file, package.name)
    return tuple(sorted(files.values()))


@cache
def code_hash(
    roots: tuple[str, ...],
    without: tuple[str, ...] = (),
    files: tuple[str, ...] = (),
    package: Path = PACKAGE,
) -> str:
    """First 16 hexadecimal digits of the SHA-256 over the `needed` files and the named ones.

    Parameters
    ----------
    roots, without : tuple of str
        As `needed` takes them.
    files : tuple of str
        Files that are no modules, seen from the package.
    package : Path

    Returns
    -------
    str
        Does not depend on where the package lies.
    """
    digest = hashlib.sha256()
    for file in [*needed(roots, without, package), *(package / name for name in files)]:
        digest.update(file.relative_to(package).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _members(root: str, package: Path) -> Iterator[str]:
    """The module, or for a package all modules below it."""
    file = _file(root, package)
    if file is None:
        raise ValueError(f"{root}: there is no such module in {package}")
    if file.name != "__init__.py":
        yield root
        return
    for member in file.parent.rglob("*.py"):
        parts = member.relative_to(package.parent).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__")


def _file(module: str, package: Path) -> Path | None:
    """Where a module is written; None for a name inside a module."""
    path = package.parent.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def _imported(file: Path, package: str) -> tuple[str, ...]:
    """Names of the package that a file imports; of ``from a import b``, both ``a`` and ``a.b``."""
    names: list[str] = []
    for node in _run_time(ast.parse(file.read_bytes(), filename=str(file))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(name for name in names if name.split(".")[0] == package)


def _run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under ``if TYPE_CHECKING``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _run_time(node)
