"""Configuration of the study ``wallpaper``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from symlens.config.base import Block
from symlens.config.experiment import Experiment, Name, distinct
from symlens.config.wallpaper_data import ImageData

Method = Literal["exact", "lattice", "majority"]
Disturbance = Literal["noise", "blur", "shear", "drift", "missing", "crop"]


class Judging(Block):
    """What every method is judged on."""

    share: float = Field(default=0.5, gt=0, le=1)
    """Part of the images that a seed draws for its test; the others are there to train on."""

    disturbances: Annotated[
        tuple[Disturbance, ...], Field(strict=False), AfterValidator(distinct)
    ] = ("noise", "blur", "shear", "drift", "missing", "crop")
    """What the images of the test are disturbed with, beside the clean ones."""

    levels: int = Field(default=4, ge=1, le=10)
    """Levels of every disturbance, evenly spaced up to its strongest."""

    disturbed: int = Field(default=1, ge=1)
    """Images of every group and content that are disturbed."""


class WallpaperExperiment(Experiment):
    """Images, and the methods and seeds that name their plane groups."""

    data: ImageData = ImageData()
    """The images."""

    judging: Judging = Judging()
    """What every method is judged on."""

    methods: Annotated[
        tuple[Method, ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ] = ("exact",)
    """``exact`` needs no training; ``lattice`` sees only the cell; ``majority`` sees nothing."""

    def files(self) -> Iterator[tuple[str, str]]:
        """Key and value of the folder of photographs, if there is one."""
        if self.data.folder is not None:
            yield "data.folder", self.data.folder


class WallpaperStudy(Block):
    """The study ``wallpaper``."""

    experiments: dict[Name, WallpaperExperiment] = Field(default_factory=dict)
    """Experiments by name, which is also the name of their folder."""

    def resolved(self, experiment: str, method: Method | None = None) -> dict[str, Any]:
        """All that decides what an experiment's images or, with a method, its answers are.

        Returns
        -------
        dict
            ``data`` and, with a method, ``method`` and ``settings``; plain JSON values.
        """
        block = self.experiments[experiment]
        found: dict[str, Any] = {"data": block.data.model_dump(mode="json")}
        if method is not None:
            found |= {"method": method, "settings": block.judging.model_dump(mode="json")}
        return found
