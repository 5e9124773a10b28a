"""A tracking server that can be lost: MLflow's own, in front of a sqlite file."""

import json
import os
import signal
import socket
import time


class Server:
    """A server of the record in a folder of results.

    Parameters
    ----------
    results : Path
    """

    def __init__(self, results):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.results = results
        self.pid = None
        self.note = (results / "tracking.json").read_bytes()
        settings = json.loads(self.note) | {"uri": f"http://127.0.0.1:{self.port}"}
        (results / "tracking.json").write_text(json.dumps(settings))
        self.start()

    def start(self):
        """Serve, in a process of its own, and wait until somebody listens."""
        import mlflow.server
        from werkzeug.serving import make_server

        self.pid = os.fork()
        if self.pid == 0:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            database = self.results / "mlflow/mlflow.db"
            os.environ["_MLFLOW_SERVER_FILE_STORE"] = f"sqlite:///{database}"
            os.environ["_MLFLOW_SERVER_ARTIFACT_ROOT"] = (database.parent / "artifacts").as_uri()
            make_server("127.0.0.1", self.port, mlflow.server.app).serve_forever()
        for _ in range(3000):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.02)
            else:
                return

    def lose(self):
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self):
        """Be rid of it for good, alive or not."""
        self.lose()
        os.waitpid(self.pid, 0)

    def give_back(self):
        """Have the note of the record as it was."""
        (self.results / "tracking.json").write_bytes(self.note)
