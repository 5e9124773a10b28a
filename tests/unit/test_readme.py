"""Numbers quoted in the README are those of a run."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from symlens.config import load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """Give the script that writes the table."""
    spec = importlib.util.spec_from_file_location(
        "readme", ROOT / "workflow" / "scripts" / "readme.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_that_of_the_kept_run(writer: ModuleType) -> None:
    """Every number of the README's table is the CSV's, rounded."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert writer.BEGIN + writer.table(writer.read(writer.TABLE)) + writer.END in readme


def test_the_kept_run_is_of_the_tour(writer: ModuleType) -> None:
    """Experiments and numbers of seeds are those that `make run` learns."""
    experiments = load(ROOT / "config" / "config.yaml").lens.experiments
    kept = {row["experiment"]: int(row["seeds"]) for row in writer.read(writer.TABLE)}
    assert kept == {name: len(block.seeds) for name, block in experiments.items()}


def test_pictures_and_pages_that_are_linked_exist() -> None:
    """No link of the README into the repository is broken."""
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert inside
    assert [link for link in inside if not (ROOT / link).exists()] == []


def test_verdicts_of_seeds_that_differ_are_all_told(writer: ModuleType) -> None:
    """A split verdict is not rounded to the majority's."""
    row = {"seeds": "3", "symmetry": "2", "no_symmetry": "1", "not_identifiable": "0"}
    assert writer.verdict(row) == "symmetry 2/3, no symmetry 1/3"
