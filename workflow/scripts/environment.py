"""Write environment.yml from the lock file: conda gives python and pip, the lock all the rest.

Run by ``make lock``; needs nothing but the standard library.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "3.12"

HEADER = f"""\
# Written by `make lock` from requirements.lock; a test holds the two together.
#   conda env create -f environment.yml && conda activate symlens && snakemake --cores 8
name: symlens
channels:
  - conda-forge
dependencies:
  - python ={PYTHON}
  - pip
  - pip:
"""


def pins(lock: str) -> list[str]:
    """Lines ``name==version [; marker]`` of a lock file's text, without hashes and comments."""
    lines = re.findall(r"^([A-Za-z0-9][^\s#]*==.*?)\s*\\?$", lock, flags=re.MULTILINE)
    return [line.strip() for line in lines]


def environment(lock: str) -> str:
    """Text of environment.yml for a lock file's text."""
    return HEADER + "".join(f'      - "{pin}"\n' for pin in pins(lock))


if __name__ == "__main__":
    text = environment((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    (ROOT / "environment.yml").write_text(text, encoding="utf-8")
