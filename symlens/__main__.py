"""``python -m symlens`` is the command line ``symlens``."""

import sys

from symlens.cli import main

sys.exit(main())
