"""Methods side by side, where the time of a run went, and how it grows with size.

``python workflow/scripts/bench.py results``
"""

import sys
from pathlib import Path

from symlens.benchmarks import families, growth, measured, table
from symlens.lens import comparison, scaling

results = Path(sys.argv[1])
benchmarks = results / "benchmarks"
parts = [comparison.write(results), table(measured(benchmarks))]
scaling.write(results)
parts += [growth(*family) for family in families(benchmarks).items()]
sys.stdout.write("\n\n".join(parts) + "\n")
