"""The care of a tracking store: made once, rid of runs that nobody ends."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from symlens.tracking.runs import close, gone
from symlens.tracking.store import Settings, opened


def initialise(
    path: Path | str,
    uri: str | None = None,
    experiments: Iterable[tuple[str, str]] = (),
    *,
    enabled: bool = True,
) -> None:
    """Make the store, a MLflow experiment per study and a parent run per experiment.

    May be called again at any time: what is there stays.

    Parameters
    ----------
    path : path
        The file to write, which every training is given; ``mlflow/`` beside it is the default
        store.
    uri : str, optional
        Address of the store; None: MLFLOW_TRACKING_URI where that is set, else a sqlite file
        there.
    experiments : iterable of (str, str)
        Study and experiment.
    enabled : bool
        Whether to track at all; if not, only the file is written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = Settings(enabled, uri)
    if enabled:
        with opened(path, settings) as store:
            for study, experiment in experiments:
                store.parent(study, experiment)
            close(store, gone(store))
    settings.write(path)


def reconcile(path: Path | str) -> list[str]:
    """Close as KILLED the runs of this workspace whose process on this machine is gone.

    Parameters
    ----------
    path : path
        The file that ``initialise`` wrote.

    Returns
    -------
    list of str
        Their run ids.
    """
    path = Path(path)
    settings = Settings.read(path)
    if not settings.enabled:
        return []
    with opened(path, settings) as store:
        return close(store, gone(store))
