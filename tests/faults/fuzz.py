"""Inputs that are nearly right: each must give a result, or one clear line for each mistake.

`python fuzz.py --inputs 100000` gives one input after the other to a process that may take 1 GiB
more than it has. What is neither a result nor an error of symlens is told as a line of JSON: a
traceback, one that Python prints and goes on, an error of several lines, more memory asked for
than is allowed, a crash, a hang.
"""

import argparse
import collections
import errno
import json
import mmap
import os
import resource
import signal
import struct
import sys
import tempfile
import time
import warnings
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import mutations
import numpy as np

sys.path.insert(0, str(mutations.ROOT))

MEMORY = 1 << 30
PATIENCE = 30.0  # processor seconds for one input
KINDS = ("yaml", "yaml", "npy", "npz", "csv", "nc", "nc", "png", "json")
NO_MEMORY = {errno.ENOMEM, -61}  # the system's number, the NetCDF library's
ENDINGS = {"yaml": ".yaml", "json": ".json", "png": ".png"}


def doors():
    """What is done with an input of each kind."""
    from symlens import store
    from symlens.cli.files import read_to_apply
    from symlens.cli.identify import read_image
    from symlens.config import load
    from symlens.config.lens_data import FileData
    from symlens.lens.data import stream
    from symlens.lens.data.images import load_images
    from symlens.lens.schemas import DATA, EVALUATION, RUN
    from symlens.tracking.store import Settings

    def samples(path):
        _, chunks = stream(FileData(path=str(path)))
        for chunk in chunks:
            assert np.isfinite(chunk).all()

    def ours(schema):
        return lambda path: store.read(path, schema)

    tables = (samples, lambda path: read_to_apply(path, None))
    return {
        "yaml": (load,),
        "npy": (*tables, read_image),
        "npz": tables,
        "csv": tables,
        "nc": (*tables, ours(DATA), ours(DATA), ours(RUN), ours(EVALUATION), store.header),
        "png": (lambda path: load_images(str(path)), read_image),
        "json": (Settings.read,),
    }


def problem(door, path):
    """What is wrong with the answer to an input; None where all is well."""
    from symlens.errors import ConfigError, SymlensError

    try:
        door(path)
    except SymlensError as error:
        lines = error.mistakes if isinstance(error, ConfigError) else (str(error),)
        cause = error
        while cause is not None:
            if isinstance(cause, MemoryError) or NO_MEMORY & {getattr(cause, "errno", None)}:
                return f"asked for too much memory: {error}"
            cause = cause.__cause__
        bad = [line for line in lines if not line.strip() or len(line.splitlines()) != 1]
        return f"not one line: {bad[0]!r}" if bad or not lines else None
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
        where = error.__traceback__
        while where.tb_next is not None:
            where = where.tb_next
        file = where.tb_frame.f_code.co_filename
        return f"{type(error).__name__}: {str(error)[:200]} ({file}:{where.tb_lineno})"
    return None


def drawn(seed, number, good):
    """Kind, content and generator of an input."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
    kind = KINDS[int(rng.integers(len(KINDS)))]
    return kind, mutations.mutated(kind, good, rng), rng


def worked_through(numbers, seed, good, folder, told, at):
    """Give a process its inputs, one after the other; it tells what is wrong."""
    warnings.simplefilter("ignore")
    ways = doors()
    ignored = []
    sys.unraisablehook = lambda error: ignored.append(str(error.exc_value)[:200])
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for number in numbers:
        at[:8] = struct.pack("q", number)
        kind, content, rng = drawn(seed, number, good)
        path = folder / f"input{ENDINGS.get(kind, '.' + kind)}"
        path.unlink(missing_ok=True)  # HDF5 may have the last one open still, and read that
        path.write_bytes(content)
        door = ways[kind][int(rng.integers(len(ways[kind])))]
        wrong = problem(door, path)
        if ignored:
            wrong = wrong or f"printed beside the answer: {ignored[0]}"
            ignored.clear()
        if wrong is not None:
            line = {"input": number, "kind": kind, "wrong": wrong}
            os.write(told, (json.dumps(line) + "\n").encode())


def watched(pid, at):
    """Wait for a process; whether it was ended because it hung."""
    last, since = None, 0.0
    while True:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            return os.waitstatus_to_exitcode(status), False
        number = at[:8]
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        spent = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        if number != last:
            last, since = number, spent
        elif spent - since > PATIENCE:
            os.kill(pid, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), True
        time.sleep(0.05)


def fuzz(first, inputs, seed, folder, out):
    """Work through all inputs, in a new process after every one that ended too soon; the wrong."""
    good = mutations.seeds(folder)
    at = mmap.mmap(-1, 8)
    begin, wrong = first, 0
    reports = folder / "reports"
    told = os.open(reports, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    while first < inputs:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                worked_through(range(first, inputs), seed, good, folder, told, at)
                code = 0
            finally:
                os._exit(code)
        code, hung = watched(pid, at)
        (number,) = struct.unpack("q", at[:8])
        if code == 0:
            break
        kind, _, _ = drawn(seed, number, good)
        what = "it hangs" if hung else f"the process ended with {code}"
        os.write(told, (json.dumps({"input": number, "kind": kind, "wrong": what}) + "\n").encode())
        first = number + 1
    for line in reports.read_text().splitlines():
        wrong += 1
        out.write(line + "\n")
    some = range(begin, min(inputs, begin + 2000))
    kinds = collections.Counter(drawn(seed, number, good)[0] for number in some)
    out.write(json.dumps({"inputs": inputs - begin, "wrong": wrong, "kinds": kinds}) + "\n")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=int, help="write this input to the folder, and no more")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    memory = Path("/dev/shm")  # no files of 100,000 inputs on the disk
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        if given.keep is not None:
            kind, content, _ = drawn(given.seed, given.keep, mutations.seeds(Path(place)))
            (given.folder / f"{given.keep}.{kind}").write_bytes(content)
            return
        sys.exit(bool(fuzz(given.first, given.inputs, given.seed, Path(place), sys.stdout)))


if __name__ == "__main__":
    main()
