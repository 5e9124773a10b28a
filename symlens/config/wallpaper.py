"""Configuration of the study ``wallpaper``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from symlens.config.base import Block, BlockError
from symlens.config.experiment import Experiment, Name, distinct
from symlens.config.wallpaper_data import Content, ImageData
from symlens.config.wallpaper_learning import (
    NETWORKS,
    HybridSettings,
    Network,
    NetworkSettings,
)

Method = Literal["exact", "lattice", "majority", "hybrid", Network]
Disturbance = Literal["noise", "grain", "blur", "shear", "drift", "missing", "crop"]


class Judging(Block):
    """What every method is judged on."""

    share: float = Field(default=0.5, gt=0, le=1)
    """Part of the images that a seed draws for its test; the others are there to train on."""

    learn_from: (
        Annotated[tuple[Content, ...], Field(strict=False, min_length=1), AfterValidator(distinct)]
        | None
    ) = None
    """Contents that methods are trained on; null: all. The others cross-validate."""

    remembered: int = Field(default=170, ge=0)
    """Images, at most, that a method has learned from and is asked again, clean: accuracy on the
    training set."""

    disturbances: Annotated[
        tuple[Disturbance, ...], Field(strict=False), AfterValidator(distinct)
    ] = ("noise", "blur", "shear", "drift", "missing", "crop")
    """What the images of the test are disturbed with, beside the clean ones: ``noise`` as strong as
    a part of the image's contrast, ``grain`` whatever the contrast is."""

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
    """``exact`` needs no training; ``lattice`` sees only the cell; ``majority`` sees nothing;
    ``hybrid`` learns from what operations leave; the others are networks that see the image,
    ``gcnn_d4`` and ``gcnn_d6`` by convolutions on the group of a square's and of a hexagon's
    turns and mirrors."""

    networks: NetworkSettings = NetworkSettings()
    """How networks are trained."""

    hybrid: HybridSettings = HybridSettings()
    """How ``hybrid`` is trained."""

    def files(self) -> Iterator[tuple[str, str]]:
        """Key and value of the folder of photographs, if there is one."""
        if self.data.folder is not None:
            yield "data.folder", self.data.folder

    @model_validator(mode="after")
    def _together(self) -> Self:
        mistakes = list(self._mistakes())
        if mistakes:
            raise BlockError(mistakes)
        return self

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        """Key and mistake where images, judging and methods do not go together."""
        own = self.data.contents
        for content in self.judging.learn_from or ():
            if content not in own:
                text = f"expected contents of the images, {', '.join(own)}; found {content}"
                yield "judging.learn_from", text
        for method in self.methods:
            if method in NETWORKS:
                try:
                    self.networks.resolved(method)
                except ValueError as error:
                    yield "networks.batch", str(error)

    def learning(self, method: Method) -> dict[str, Any]:
        """Give the settings of a method's training, as JSON values; none where there are none."""
        if method == "hybrid":
            return self.hybrid.model_dump(mode="json")
        return self.networks.resolved(method) if method in NETWORKS else {}


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
            settings = block.judging.model_dump(mode="json")
            own = block.learning(method)
            found |= {"method": method, "settings": settings | ({"learning": own} if own else {})}
        return found
