"""The first page: it leads to the pages of all studies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from symlens.page import Listed, render_index
from symlens.store import replacing
from symlens.studies import get


def write_index(pages: Sequence[str], overviews: Sequence[str], output: str) -> None:
    """Write the first page a person opens: that of the only study, or one that leads to all.

    Parameters
    ----------
    pages, overviews : sequence of str
        The page of every study, named like it, and its picture of all experiments.
    output : str
    """
    if len(pages) == 1:
        text = Path(pages[0]).read_text(encoding="utf-8")
    else:
        text = render_index(
            [
                Listed(
                    study := Path(page).stem,
                    get(study).QUESTION,
                    os.path.relpath(page, Path(output).parent),
                    Path(overview),
                    get(study).CAPTIONS["overview"],
                )
                for page, overview in zip(pages, overviews, strict=True)
            ]
        )
    with replacing(output) as temporary:
        temporary.write_text(text, encoding="utf-8")
