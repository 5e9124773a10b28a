"""``symlens identify``: the plane group of an image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from symlens.cli.files import require_new
from symlens.cli.report import out, print_facts
from symlens.errors import DataError, FileError
from symlens.untrusted import load_npy, opened_image
from symlens.wallpaper.exact import Identification, identify

SHOWN = 0.01
"""Groups of a smaller probability are not printed."""


def run(*, image: Path, output: Path | None, force: bool) -> None:
    """Print which plane group an image has and, where a picture is asked for, draw it."""
    if output is not None:
        require_new(output, (".png", ".pdf", ".svg"), force=force)
    values = read_image(image)
    try:
        found = identify(values)
    except DataError as error:
        raise DataError(f"{image}: {error}") from None
    print_facts(facts(found))
    if output is not None:
        # matplotlib is imported only where something is drawn.
        from symlens.lens.figures import portrait
        from symlens.wallpaper.figures import overlay

        portrait.save(overlay.draw(values, found, image.name), output)
        out.print(f"figure written to {output}")


def read_image(path: Path) -> NDArray[np.float64]:
    """An image file, or an array in a .npy file, as numbers; a transparent one without that."""
    if not path.is_file():
        raise FileError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
    if path.suffix == ".npy":
        return load_npy(path)
    with opened_image(path, "cannot be read as an image") as opened:
        grey = opened.mode in ("1", "L", "I", "F", "I;16")
        kept = opened if grey else opened.convert("RGB")
        return np.asarray(kept, dtype=np.float64)


def facts(found: Identification) -> list[tuple[str, str | Text]]:
    """What was found, for a reader."""
    chance = f"{found.periodic:.3f}"
    if found.group is None or found.cell is None or found.origin is None:
        return [
            ("plane group", Text("none: the image does not repeat", "bold yellow")),
            ("it repeats", f"with probability {chance}"),
        ]
    ordered = sorted(found.probabilities.items(), key=lambda item: -item[1])
    chances = ", ".join(f"{name} {value:.3f}" for name, value in ordered if value >= SHOWN)
    a, b = np.linalg.norm(found.cell, axis=0)
    cosine = found.cell[:, 0] @ found.cell[:, 1] / (a * b)
    angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    worst = max((operation.residual for operation in found.operations), default=0.0)
    x, y = found.origin
    return [
        ("plane group", Text(found.group, "bold green")),
        ("probabilities", chances),
        ("it repeats", f"with probability {chance}"),
        ("cell", f"a {a:.3f}, b {b:.3f} pixels, angle {angle:.3f} degrees"),
        ("origin", f"x {x:.2f}, y {y:.2f} pixels"),
        ("residual", f"{worst:.4f}, standard error {found.noise:.4f}"),
    ]
