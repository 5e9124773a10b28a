"""What may be written on the command line, and what it calls."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

import symlens
from symlens.cli.texts import (
    ABOUT,
    CHECK,
    COST,
    COST_EXAMPLES,
    EXAMPLES,
    FIT,
    FIT_EXAMPLES,
    GAIN,
    GAIN_EXAMPLES,
    IDENTIFY,
    SHOW,
    TRANSFORM,
    TRANSFORM_EXAMPLES,
)
from symlens.errors import SymlensError

METHODS = ("fast", "official", "symmetrygan", "liegan", "liepca")


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
    _cost(_command(commands, "cost", "time that a configuration takes", COST, COST_EXAMPLES))
    _gain(_command(commands, "gain", "how many samples a symmetry saves", GAIN, GAIN_EXAMPLES))
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
        choices=("yes", "no", "auto"),
        nargs="?",
        const="yes",
        default="no",
        help="whether the features close to a ring (yes, also without a word) or are a window on "
        "something longer (no, the default); auto learns both and asks samples kept out",
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


def _cost(parser: Parser) -> None:
    parser.add_argument("config", type=Path, metavar="CONFIG", help="configuration, .yaml")
    _output(parser, "table to write, .csv", required=False)


def _gain(parser: Parser) -> None:
    parser.add_argument("--manifold", required=True, metavar="M", help="such as T2, S2, T2xS2")
    parser.add_argument("--group", required=True, metavar="G", help="such as Z4xZ4, signs, so(2)")
    parser.add_argument(
        "--smoothness",
        required=True,
        type=_real,
        metavar="S",
        help="of the kernel's Sobolev space; more than half of the manifold's dimension",
    )
    parser.add_argument(
        "--theta",
        type=_real,
        default=1.0,
        metavar="T",
        help="smoothness of the target over S, at most 1 (default: 1)",
    )
    parser.add_argument(
        "--samples", type=_count, default=1000, metavar="N", help="how many (default: 1000)"
    )
    parser.add_argument(
        "--noise",
        type=_real,
        default=0.5,
        metavar="SIGMA",
        help="standard deviation of the noise, for a target of norm 1 (default: 0.5)",
    )
    parser.add_argument("--risk", type=_real, metavar="R", help="risk that is wanted, below 1")


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


def _real(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def _seed_number(text: str) -> int:
    return _whole(text, "a seed, a whole number from 0", low=0)


def _whole(text: str, about: str, *, low: int) -> int:
    if not text.isdecimal() or int(text) < low:
        raise argparse.ArgumentTypeError(f"{text!r} is not {about}")
    return int(text)
