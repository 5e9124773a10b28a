"""The tracking store: where it is, how it is opened, what is made in it once."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from symlens.errors import FileError, SymlensError
from symlens.locks import alone
from symlens.store import replacing

if TYPE_CHECKING:
    from mlflow import MlflowClient

SERVERS = ("http", "https", "databricks", "databricks-uc")
"""Addresses of stores that choose by themselves where artifacts lie."""

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
}
"""Environment of MLflow where the user has not set it: nothing sent away, nothing printed."""


@dataclass(frozen=True)
class Settings:
    """What ``tracking.json`` holds.

    Parameters
    ----------
    enabled : bool
    uri : str or None
        Address of the store; None: MLFLOW_TRACKING_URI where that is set, else
        ``mlflow/mlflow.db`` beside the file. No address of the environment is written down, it
        may hold a password.
    """

    enabled: bool
    uri: str | None

    @classmethod
    def read(cls, path: Path) -> Settings:
        """The settings in a file that ``initialise`` wrote."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise FileError(f"{path}: cannot be read: {error.strerror}") from None
        except (ValueError, TypeError):
            raise FileError(f"{path}: not a tracking file of symlens; remove it") from None

    def write(self, path: Path) -> None:
        """Write the file that ``read`` reads."""
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Store:
    """An open tracking store.

    Parameters
    ----------
    client : MlflowClient
    workspace : str
        Hash of the folder of results that the runs belong to: a store may serve several.
    artifacts : str or None
        Where files go; None: the server decides.
    """

    client: MlflowClient
    workspace: str
    artifacts: str | None

    def experiment(self, study: str) -> str:
        """Id of a study's MLflow experiment, made if it is not there."""
        name = f"symlens/{study}"
        found = self.client.get_experiment_by_name(name)
        if found is None:
            return str(self.client.create_experiment(name, artifact_location=self.artifacts))
        if found.lifecycle_stage == "deleted":
            self.client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)

    def parent(self, study: str, experiment: str) -> str:
        """Id of the run that holds together the runs of an experiment, made if not there.

        It is never left open, not even where who made it was killed before it was closed.
        """
        tags = {"role": "experiment", "study": study, "experiment": experiment}
        tags["workspace"] = self.workspace
        study_id = self.experiment(study)
        found = self.client.search_runs(
            [study_id], matching(tags), max_results=1, order_by=["attributes.start_time ASC"]
        )
        run = found[0] if found else None
        if run is None:
            run = self.client.create_run(study_id, tags=tags, run_name=experiment)
        if run.info.status == "RUNNING":
            self.client.set_terminated(run.info.run_id)
        return str(run.info.run_id)


@contextmanager
def opened(path: Path, settings: Settings) -> Iterator[Store]:
    """The store, open, while no other process of this workspace opens it.

    The lock is needed twice: a sqlite store that several processes make at once breaks, and an
    experiment or parent run that is not there would be made by each of them.
    """
    address = settings.uri or os.environ.get("MLFLOW_TRACKING_URI") or _beside(path)
    folder = _folder(path)
    artifacts = None if _scheme(address) in SERVERS else (folder / "artifacts").as_uri()
    client = _client_class()
    with alone(path.with_suffix(".lock")), one_line(address):
        _make(address, folder)
        workspace = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        yield Store(client(tracking_uri=address, registry_uri=address), workspace, artifacts)


@contextmanager
def one_line(address: str) -> Iterator[None]:
    """Turn errors of MLflow, of its database and of the network into one line."""
    try:
        yield
    except SymlensError:
        raise
    except Exception as error:
        text = next(iter(str(error).strip().splitlines()), type(error).__name__)
        text = text.replace(address, _shown(address))
        raise SymlensError(
            f"tracking store {_shown(address)}: {text} (tracking: {{enabled: false}} goes on "
            "without it)"
        ) from error


def _make(address: str, folder: Path) -> None:
    """Make the database of a sqlite store that is not there, whole or not at all.

    MLflow makes it table by table, and cannot go on with one whose making was broken off.
    """
    if _scheme(address) != "sqlite":
        return
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    from sqlalchemy.engine import make_url

    url = make_url(address)
    if not url.database or url.database == ":memory:" or Path(url.database).exists():
        return
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    with replacing(url.database) as temporary:
        there = url.set(database=str(temporary)).render_as_string(hide_password=False)
        SqlAlchemyStore(there, (folder / "artifacts").as_uri()).engine.dispose()


def matching(tags: dict[str, str]) -> str:
    """Filter of MLflow's search for runs with these tags, whose values hold no quotes."""
    return " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())


def _client_class() -> type[MlflowClient]:
    """MLflow's client, imported with nothing printed and nothing sent away."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(os.environ["MLFLOW_LOGGING_LEVEL"])
    client: type[MlflowClient] = MlflowClient
    return client


def _folder(path: Path) -> Path:
    """Folder of what is tracked: it may be removed, the file that says where it is stays."""
    return path.resolve().parent / "mlflow"


def _beside(path: Path) -> str:
    return f"sqlite:///{_folder(path) / 'mlflow.db'}"


def _scheme(address: str) -> str:
    return urlsplit(address).scheme or address


def _shown(address: str) -> str:
    """An address without user and password."""
    return address.replace(f"{urlsplit(address).netloc.rpartition('@')[0]}@", "", 1)
