"""What holds for every test."""

import os

# Set before anything numerical is imported: tests run side by side, one thread each, and draw
# without a screen. The workflow and the command line choose their threads themselves.
for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{name}_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "agg")

from hypothesis import settings  # noqa: E402

# Machines differ and are shared: how long an example takes says nothing about the code.
settings.register_profile("symlens", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("symlens")
