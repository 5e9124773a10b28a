"""The tables of docs/verdict.md from a run of config/calibration.yaml.

``python workflow/scripts/verdict.py [results]``
"""

import shutil
import sys
from pathlib import Path

from symlens.lens.calibration.markdown import filled, read

DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLE, PAGE = DOCS / "verdict.csv", DOCS / "verdict.md"

if __name__ == "__main__":
    results = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS.parent / "results"
    shutil.copy(results / "tables" / "calibration" / "stability.csv", TABLE)
    shutil.copy(results / "figures" / "calibration" / "overview.png", TABLE.with_suffix(".png"))
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), read(TABLE)), encoding="utf-8")
