"""Which files of a package a module needs."""

import re
import shutil
import subprocess
import sys

import pytest

from symlens.imports import PACKAGE, code_hash, needed


@pytest.fixture
def package(tmp_path):
    """A package of two rooms, one of them entered lazily, and a room only types enter."""
    files = {
        "__init__.py": "",
        "ground.py": "import os\n",
        "fast/__init__.py": "from house.fast.learn import learn\n",
        "fast/learn.py": "import house.ground\n",
        "slow/__init__.py": "",
        "slow/learn.py": "from house.deep import depth\n",
        "deep.py": "depth = 1\n",
        "types.py": "",
        "train.py": (
            "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n"
            "    from house.types import T\n"
            "def train(method):\n"
            "    if method == 'fast':\n"
            "        from house import fast\n"
            "    else:\n"
            "        from house.slow.learn import depth\n"
        ),
        "loop.py": "from house import loop, train\n",
    }
    for name, text in files.items():
        path = tmp_path / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "house"


def names(files, package):
    return {file.relative_to(package).as_posix() for file in files}


def test_lazy_imports_count_and_those_for_types_do_not(package):
    found = names(needed(["house.train"], package=package), package)
    everything = {"__init__.py", "train.py", "fast/__init__.py", "fast/learn.py", "ground.py"}
    assert found == everything | {"slow/__init__.py", "slow/learn.py", "deep.py"}


def test_a_room_left_out_takes_along_what_only_it_needs(package):
    found = names(needed(["house.train"], ["house.slow"], package), package)
    assert found == {"__init__.py", "train.py", "fast/__init__.py", "fast/learn.py", "ground.py"}


def test_a_package_means_all_its_modules(package):
    found = names(needed(["house.slow"], package=package), package)
    assert found == {"__init__.py", "slow/__init__.py", "slow/learn.py", "deep.py"}


def test_a_module_may_import_itself(package):
    assert "loop.py" in names(needed(["house.loop"], package=package), package)


def test_an_unknown_root_is_named(package):
    with pytest.raises(ValueError, match=r"house\.nowhere"):
        needed(["house.nowhere"], package=package)


def test_everything_python_really_imports_is_found():
    """What an interpreter loads for a module of ours is among the files named for it."""
    code = (
        "import sys, symlens.lens.runfile, symlens.store\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'symlens'))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    found = set(map(str, needed(["symlens.lens.runfile", "symlens.store"])))
    assert set(loaded.stdout.split()) <= found
    assert str(PACKAGE / "store" / "atomic.py") in found


def test_the_hash_is_that_of_the_needed_files_wherever_they_lie(package, tmp_path):
    def copied(name, **edits):
        copy = tmp_path / name / "house"
        shutil.copytree(package, copy)
        for stem, text in edits.items():
            (copy / f"{stem}.py").write_text(text)
        return code_hash(("house.train",), package=copy)

    first = code_hash(("house.train",), package=package)
    assert re.fullmatch("[0-9a-f]{16}", first)
    assert copied("moved") == first
    assert copied("other", types="T = int") == first
    assert copied("deeper", deep="depth = 2") != first
    assert code_hash(("house.train",), ("house.slow",), package=package) != first


def test_named_files_count_too(package):
    (package / "page.html").write_text("one")
    plain = code_hash(("house.train",), package=package)
    first = code_hash(("house.train",), files=("page.html",), package=package)
    (package / "page.html").write_text("two")
    code_hash.cache_clear()
    assert len({plain, first, code_hash(("house.train",), (), ("page.html",), package)}) == 3
