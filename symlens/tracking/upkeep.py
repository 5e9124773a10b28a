"""The care of a tracking store: made once, rid of runs that nobody ends."""

from __future__ import annotations

from pathlib import Path

from symlens.tracking.runs import close, gone
from symlens.tracking.store import Settings, opened


def initialise(
    path: Path | str,
    uri: str | None = None,
    *,
    enabled: bool = True,
) -> None:
    """Make the store; trainings add their experiments to it.

    May be called again at any time: what is there stays.

    Parameters
    ----------
    path : path
        The file to write, which every training is given; ``mlflow/`` beside it is the default
        store.
    uri : str, optional
        Address of the store; None: MLFLOW_TRACKING_URI where that is set, else a sqlite file
        there.
    enabled : bool
        Whether to track at all; if not, only the file is written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = Settings(enabled, uri)
    if enabled:
        with opened(path, settings) as store:
            close(store, gone(store))
    settings.write(path)


def settle(path: Path | str, *, enabled: bool, uri: str | None = None) -> None:
    """Write settings that differ from those in the file that `initialise` wrote, if it did.

    Trainings take that file as it is, however old: nothing is trained again because it changed.
    """
    path, settings = Path(path), Settings(enabled, uri)
    if path.exists() and Settings.read(path) != settings:
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
