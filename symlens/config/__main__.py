"""Write ``config/schema.json``, or with ``--check`` say whether it is up to date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from symlens.config.schema import text

DEFAULT = Path("config/schema.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 where the schema is stale."""
    parser = argparse.ArgumentParser(prog="python -m symlens.config", description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")
    options = parser.parse_args(arguments)
    if not options.check:
        options.path.write_text(text(), encoding="utf-8")
        return 0
    if options.path.is_file() and options.path.read_text(encoding="utf-8") == text():
        return 0
    sys.stderr.write(f"{options.path} is stale: run `python -m symlens.config`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
