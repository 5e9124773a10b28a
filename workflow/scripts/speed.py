"""`fast` beside `official` on the same samples, measured anew: `make speed`.

speed.csv: time of `fast` beside the official schedule's, extrapolated from a measured step;
together.csv: official trainings in one graph beside as many alone; with `--runs`, objective.csv:
the official objective at the truth and at run files of results/lens/translation_7.
"""

import argparse
from pathlib import Path

from symlens import store
from symlens.config import load
from symlens.config.lens_official import OfficialSettings
from symlens.lens import speed
from symlens.lens.runfile import symmetry_from
from symlens.lens.schemas import RUN
from symlens.tables import write_csv

PAPER, REDUCED = Path("config/paper.yaml"), Path("config/experiments.yaml")
SHORT = OfficialSettings(epochs=2, hidden_multiple=2, batch_size=825, estimator_learning_rate=5e-3)
SMALL, LARGE = (OfficialSettings(batch_size=size) for size in (630, 2700))


def schedules(output: Path) -> None:
    """33 features: the official schedule at its own scale against whole fits of `fast`."""
    official = load(PAPER).lens.settings("translation_33", "official")
    data = load(REDUCED).lens.experiments["translation_33"].data
    data = data.model_copy(update={"samples": 80_000})
    write_csv(list(speed.against_schedule(data, official, (1, 2, 3))), output)


def objectives(output: Path, runs: list[Path]) -> None:
    """7 features at the given runs; 33 features, on a short budget, at what `fast` gives."""
    lens = load(REDUCED).lens
    seven = speed.data_of(lens.experiments["translation_7"].data, 1)
    found = {
        f"{run.parts[-3]} {run.parts[-2]}": symmetry_from(store.read(run, RUN)) for run in runs
    }
    settings = lens.settings("translation_7", "official").model_copy(update={"epochs": 6})
    rows = list(speed.objective_rows(seven, found, settings, seed=1))
    data = lens.experiments["translation_33"].data.model_copy(update={"samples": 80_000})
    wide = speed.data_of(data, 1)
    fast, _ = speed.fast_fit(wide, lens.fast, 1)
    write_csv([*rows, *speed.objective_rows(wide, {"fast seed-1": fast}, SHORT, seed=1)], output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=Path, nargs="*")
    given = parser.parse_args()
    if given.runs is None:
        schedules(given.folder / "speed.csv")
        kinds = ((7, SMALL, 4), (7, SMALL, 12), (27, LARGE, 3))
        write_csv([speed.throughput(*kind) for kind in kinds], given.folder / "together.csv")
    else:
        objectives(given.folder / "objective.csv", given.runs)
