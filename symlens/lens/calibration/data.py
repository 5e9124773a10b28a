"""Synthesis: many data sets of one kind, one after the other in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import TypeAdapter

from symlens.config.lens_data import LensData, SynthesizedData
from symlens.lens.data import stream as stream_samples


@dataclass(frozen=True)
class Recipe:
    """One data set.

    Parameters
    ----------
    seed : int
        Of the training that learns from it.
    data : SynthesizedData
    """

    seed: int
    data: SynthesizedData

    @property
    def strength(self) -> float:
        """Strength with which its symmetry is broken; 0 where it is not."""
        broken = getattr(self.data, "broken", None)
        return 0.0 if broken is None else float(broken.strength)


def recipes(settings: Mapping[str, Any]) -> list[Recipe]:
    """All data sets of an experiment: by seed, by number, by cell.

    Data set k of a seed has the same ``seed`` and ``group_seed`` in every cell, so that cells
    differ in nothing but what they are to show. Both are drawn from (the data's own seed, the
    seed, k), and no two data sets share them.

    Parameters
    ----------
    settings : mapping
        ``data``, ``cells``, ``data_sets``, ``seeds`` as `CalibrationStudy.resolved` gives them.
    """
    known: TypeAdapter[Any] = TypeAdapter(LensData)
    base = settings["data"]
    found = []
    for seed in settings["seeds"]:
        for number in range(settings["data_sets"]):
            entropy = np.random.SeedSequence((base["seed"], seed, number))
            samples_seed, group_seed = (int(word) for word in entropy.generate_state(2))
            own = {"seed": samples_seed, "group_seed": group_seed}
            found += [
                Recipe(seed, known.validate_python({**base, **cell, **own}))
                for cell in settings["cells"]
            ]
    return found


def stream(settings: Mapping[str, Any]) -> tuple[xr.Dataset, Iterator[NDArray[np.float32]]]:
    """What is known of all data sets, and their samples, chunk by chunk.

    Returns
    -------
    header : Dataset
        Per data set ``seed``, ``samples``, ``noise``, ``strength`` and, where each has one,
        ``ideal_generator``; attributes ``cyclic`` and ``truth``.
    chunks : iterator of ndarray, shape (rows, n)
        The samples of the data sets in their order.
    """
    sets = recipes(settings)
    known = [stream_samples(one.data)[0] for one in sets[:1]]
    header = xr.Dataset(
        {
            "seed": ("data_set", np.array([one.seed for one in sets], np.int64)),
            "samples": ("data_set", np.array([one.data.samples for one in sets], np.int64)),
            "noise": ("data_set", np.array([one.data.noise for one in sets])),
            "strength": ("data_set", np.array([one.strength for one in sets])),
        },
        attrs={"cyclic": int(sets[0].data.cyclic), "truth": settings["truth"]},
    )
    if "ideal_generator" in known[0]:
        ideal = np.stack([stream_samples(one.data)[0]["ideal_generator"] for one in sets])
        header["ideal_generator"] = (("data_set", "row", "col"), ideal)
    return header, _chunks(sets)


def _chunks(sets: Sequence[Recipe]) -> Iterator[NDArray[np.float32]]:
    for one in sets:
        yield from stream_samples(one.data)[1]
