"""--use-conda: every job runs in an environment made from environment.yml, with this package.

A stand-in, not conda itself, answers what snakemake asks and makes an environment of python and
pip that borrows the installed packages: what is tested is our side, the file, the script that is
run after it, and the rules.
"""

import os
import sys
import sysconfig
import textwrap

import pytest
import xarray as xr

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

DATA = "results/lens/translation/data.nc"

CONDA = f"""\
#!{sys.executable}
import json, pathlib, shutil, sys, sysconfig, venv

arguments = sys.argv[1:]
if arguments == ["--version"]:
    print("conda 24.9.2")
elif arguments == ["info", "--json"]:
    base = pathlib.Path(__file__).resolve().parents[1]
    print(json.dumps({{"conda_prefix": str(base), "platform": "linux-64"}}))
elif arguments[0] == "config":
    print(json.dumps({{"get": {{"channel_priority": "strict"}}}}))
elif "create" in arguments:
    given = dict(zip(arguments, arguments[1:]))
    prefix = pathlib.Path(given["--prefix"].strip("'"))
    venv.create(prefix, symlinks=True, with_pip=True)
    shutil.copy(given["--file"].strip("'"), prefix / "made-from.yml")
    site = prefix / pathlib.Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    # What conda and pip would install there, and a note of every program that python runs.
    (site / "borrowed.pth").write_text(
        "import pathlib, sys; sys.path.insert(0, {sysconfig.get_path("purelib")!r}); "
        "used = pathlib.Path(sys.prefix, 'used').open('a'); "
        "used.write(' '.join(sys.orig_argv) + chr(10)); used.close()" + chr(10)
    )
"""


@pytest.fixture
def conda(tmp_path):
    folder = tmp_path / "conda" / "bin"
    folder.mkdir(parents=True)
    (folder / "conda").write_text(CONDA)
    (folder / "conda").chmod(0o755)
    (folder / "activate").write_text(
        textwrap.dedent("""\
        export CONDA_PREFIX="$1"
        export PATH="$1/bin:$PATH"
        """)
    )
    return folder


def test_jobs_run_in_the_environment_of_environment_yml(checkout, conda):
    path = os.pathsep.join([str(conda), os.environ["PATH"]])
    checkout.snakemake("--use-conda", "--", DATA, PATH=path)
    (prefix,) = [f for f in (checkout.path / ".snakemake/conda").iterdir() if f.is_dir()]
    assert (prefix / "made-from.yml").read_text() == (checkout.path / "environment.yml").read_text()
    assert ".synthesize.py" in (prefix / "used").read_text()
    (found,) = prefix.glob("lib/python*/site-packages/__editable___symlens*.py")
    assert str(checkout.path) in found.read_text()
    with xr.open_dataset(checkout.path / DATA) as ds:
        assert ds.sizes["pixel"] == 7
