"""What may be written on the command line, and what it calls."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import symlens
from symlens.errors import SymlensError

METHODS = ("fast", "official")

ABOUT = """\
Which symmetry do these samples have? symlens learns the generator of a hidden one-parameter
symmetry and the coordinates in which it is a translation, and says whether it is real.
"""

EXAMPLES = """\
examples:
  symlens check data.csv                       is the file usable, is there enough in it?
  symlens fit data.csv -o run.nc               learn it
  symlens show run.nc -o figure.png            read the answer, look at it
  symlens transform run.nc data.csv -o canonical.npy
  symlens identify image.png -o found.png      which of the 17 plane groups has an image?

data files:
  .csv   a line per sample, a column per feature; a header is told by itself
  .npy   an array of shape (sample, feature)
  .npz   several such arrays; --variable names one
  .nc    a NetCDF variable of shape (sample, feature); --variable names it

exit codes: 0 done, 2 a mistake in command or files (one line says which), 130 interrupted.
No existing file is overwritten without --force.
"""

FIT = """\
Learn the symmetry of the samples in DATA and write it to a run file.

A run file holds all that is needed to apply the symmetry to new samples, the verdict
('symmetry', 'no symmetry' or 'not identifiable') with its evidence, and where it comes from.
"""

FIT_EXAMPLES = """\
examples:
  symlens fit data.csv -o run.nc
  symlens fit rings.nc --variable intensity --cyclic --seed 3 -o rings.run.nc
  symlens fit data.npy --samples 20000 --set rounds=2 -o quick.nc
"""

TRANSFORM = """\
Write the samples in DATA in the canonical representation of RUN, in which the symmetry is a
translation by one pixel: y = ((x - mean) / scale) M.
"""

TRANSFORM_EXAMPLES = """\
examples:
  symlens transform run.nc data.csv -o canonical.csv
  symlens transform run.nc new.nc --variable x -o canonical.nc
"""

CHECK = """\
Say whether the samples in DATA can be learned from, and whether they hold enough evidence to
identify a symmetry, if there is one. It takes seconds; nothing is learned and nothing written.
"""

SHOW = """\
Print what a run file says; with -o also draw it: the learned generator, the resolving filter,
held-out samples as given and in canonical coordinates, the statistic against its null
distribution. The figure's kind is told by its ending: .png, .pdf or .svg.
"""


IDENTIFY = """\
Say which of the 17 plane groups an image has, with probabilities, its cell and origin, or that it
does not repeat. IMAGE is a picture (.png, .jpg, .tif, ...) or an array (.npy) that shows at least
about four cells. With -o, draw it with its cell, axes, mirrors and glides.
"""


class Parser(argparse.ArgumentParser):
    """Parser whose mistakes are one line, like all others."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise SymlensError(f"{message} (see '{self.prog} -h')")


def parse(arguments: Sequence[str] | None = None) -> Callable[[], None]:
    """Give the command that a command line asks for, ready to run.

    Raises
    ------
    SymlensError
        One line, where the command line is wrong.
    """
    parser = Parser(prog="symlens", **_texts(ABOUT, EXAMPLES))
    parser.add_argument("--version", action="version", version=f"symlens {symlens.__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="command", title="commands", required=True, parser_class=Parser
    )
    _fit(_command(commands, "fit", "learn a symmetry from samples", FIT, FIT_EXAMPLES))
    _transform(
        _command(
            commands,
            "transform",
            "samples in canonical coordinates",
            TRANSFORM,
            TRANSFORM_EXAMPLES,
        )
    )
    _check(_command(commands, "check", "is a file of samples usable?", CHECK, ""))
    _show(_command(commands, "show", "read and draw a run file", SHOW, ""))
    _identify(_command(commands, "identify", "the plane group of an image", IDENTIFY, ""))
    options = vars(parser.parse_args(arguments))
    name = options.pop("command")

    def command() -> None:
        import_module(f"symlens.cli.{name}").run(**options)

    return command


def _command(
    commands: argparse._SubParsersAction[Parser], name: str, short: str, about: str, examples: str
) -> Parser:
    return commands.add_parser(name, help=short, **_texts(about, examples))


def _texts(about: str, examples: str) -> dict[str, Any]:
    """Give the description and examples of a parser, printed as they are written here."""
    form = partial(argparse.RawDescriptionHelpFormatter, max_help_position=26, width=100)
    return {
        "description": about,
        "epilog": examples,
        "formatter_class": form,
        "allow_abbrev": False,
    }


def _fit(parser: Parser) -> None:
    _data(parser)
    _output(parser, "run file to write, .nc")
    parser.add_argument(
        "--method", choices=METHODS, default="fast", help="learning algorithm (default: fast)"
    )
    parser.add_argument(
        "--cyclic",
        action="store_true",
        help="the features close to a ring; without it they are a window on something longer",
    )
    _seed(parser)
    parser.add_argument(
        "--samples", type=_count, metavar="N", help="learn from N samples drawn at random"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="a setting of the method, as in config.yaml; may be given several times",
    )


def _transform(parser: Parser) -> None:
    parser.add_argument("run_file", type=Path, metavar="RUN", help="run file to apply")
    _data(parser)
    _output(parser, "file to write: .nc, .npy or .csv")


def _check(parser: Parser) -> None:
    _data(parser)
    parser.add_argument(
        "--cyclic", action="store_true", help="look for a symmetry that closes to a ring"
    )
    _seed(parser)


def _show(parser: Parser) -> None:
    parser.add_argument("run_file", type=Path, metavar="RUN", help="run file to read")
    _output(parser, "figure to draw: .png, .pdf or .svg", required=False)


def _identify(parser: Parser) -> None:
    parser.add_argument("image", type=Path, metavar="IMAGE", help="picture or .npy array to read")
    _output(parser, "figure to draw: .png, .pdf or .svg", required=False)


def _data(parser: Parser) -> None:
    parser.add_argument("data", type=Path, metavar="DATA", help=".csv, .npy, .npz or .nc file")
    parser.add_argument(
        "--variable", metavar="NAME", help="variable of a .nc or .npz file (default: x or the only)"
    )


def _output(parser: Parser, about: str, *, required: bool = True) -> None:
    parser.add_argument("-o", "--output", type=Path, required=required, metavar="FILE", help=about)
    parser.add_argument("--force", action="store_true", help="replace FILE where it exists")


def _seed(parser: Parser) -> None:
    parser.add_argument(
        "--seed",
        type=_seed_number,
        default=0,
        metavar="K",
        help="seed of every random choice: the same seed, the same answer (default: 0)",
    )


def _count(text: str) -> int:
    """Read a number of samples; settings say which numbers are allowed."""
    return _whole(text, "a whole number of samples", low=1)


def _seed_number(text: str) -> int:
    return _whole(text, "a seed, a whole number from 0", low=0)


def _whole(text: str, about: str, *, low: int) -> int:
    if not text.isdecimal() or int(text) < low:
        raise argparse.ArgumentTypeError(f"{text!r} is not {about}")
    return int(text)
