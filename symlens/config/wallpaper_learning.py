"""Settings of the methods of the study ``wallpaper`` that learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from symlens.config.base import Block
from symlens.config.experiment import distinct

Network = Literal[
    "cnn", "gcnn_d4", "gcnn_d6", "resnet50", "densenet121", "densenet161", "fpn", "xcit"
]
NETWORKS: Final[tuple[Network, ...]] = (
    "cnn",
    "gcnn_d4",
    "gcnn_d6",
    "resnet50",
    "densenet121",
    "densenet161",
    "fpn",
    "xcit",
)
Scale = Literal["smoke", "laptop", "paper"]
Transform = Literal["none", "fft", "radon", "filter"]
Training = Literal["spots", "warp", "noise", "nearly", "displaced"]

EPOCHS: Final[Mapping[Scale, int]] = {"smoke": 1, "laptop": 20, "paper": 20}
BATCH: Final[Mapping[Scale, int]] = {"smoke": 34, "laptop": 64}
PAPER_BATCH: Final[Mapping[str, int]] = {
    "resnet50": 760,
    "densenet161": 110,
    "fpn": 600,
    "xcit": 380,
}
"""Where Guo, Qin and Agar's code has several, the smallest."""

XCIT: Final[Mapping[Scale, Mapping[str, int]]] = {
    "smoke": {"width": 16, "depth": 1, "heads": 2},
    "laptop": {"width": 128, "depth": 12, "heads": 4},
    "paper": {"width": 384, "depth": 12, "heads": 8},
}
"""Patches of 8 x 8 pixels; the largest is XCiT-S12/8 (El-Nouby et al., 2021, table 1)."""


class NetworkSettings(Block):
    """How the networks of the benchmark are trained: Adam, one cycle of the learning rate."""

    scale: Scale = "laptop"
    """Where epochs, batches and the size of ``xcit`` come from; ``paper`` is a matter of GPUs."""

    epochs: int | None = Field(default=None, ge=1, le=10_000)
    """Passes over the images; null: those of the scale, smoke 1, laptop 20, paper 20."""

    batch: int | None = Field(default=None, ge=2, le=100_000)
    """Images per step; null: those of the scale, smoke 34, laptop 64, paper as published."""

    learning_rate: float = Field(default=1.0e-3, gt=0, le=1)
    """Highest learning rate of the cycle."""

    shuffle: int = Field(default=2048, ge=1, le=10_000_000)
    """Images of the buffer, in memory, that batches are drawn from."""

    transform: Transform = "none"
    """What is shown to the network: the image, the logarithm of its Fourier transform's absolute
    value, its Radon transform, or how well each place is mapped to itself by operations."""

    hierarchy: bool = False
    """Whether the 17 groups are told by several networks of the kind, one after the other: axis,
    rotation, mirrors, group."""

    def resolved(self, method: Network) -> dict[str, Any]:
        """All that decides how a network is trained, nothing left open.

        Raises
        ------
        ValueError
            Where the paper does not give a batch.
        """
        batch = self.batch or (
            PAPER_BATCH.get(method) if self.scale == "paper" else BATCH[self.scale]
        )
        if batch is None:
            raise ValueError(f"none was published for {method}: expected a number")
        found = self.model_dump(mode="json", exclude={"scale"})
        found |= {"batch": batch, "epochs": self.epochs or EPOCHS[self.scale]}
        return found | ({"xcit": dict(XCIT[self.scale])} if method == "xcit" else {})


class HybridSettings(Block):
    """How ``hybrid`` learns from what the operations leave of an image."""

    copies: int = Field(default=6, ge=0, le=50)
    """Changed copies of every image, beside the image itself."""

    changes: Annotated[tuple[Training, ...], Field(strict=False), AfterValidator(distinct)] = (
        "spots",
        "warp",
        "noise",
        "nearly",
        "displaced",
    )
    """What copies are changed by, each with probability 1/2: the highest places of the image as
    spots; a warp that repeats with the cell, so that its symmetry becomes inexact; noise. With
    ``nearly`` every image and copy is looked at once more, mixed with itself so that it nearly has
    a larger group; with ``displaced``, as spots that are moved so that they keep a smaller
    group only."""

    noise: float = Field(default=0.35, gt=0, le=2)
    """Largest standard deviation of the noise, where black is 0 and white 1."""

    warp: float = Field(default=1.0, gt=0, le=10)
    """Largest root mean square of the warp, pixels."""

    hidden: int = Field(default=16, ge=1, le=4096)
    """Units of the hidden layer."""

    decay: float = Field(default=1.0e-3, ge=0)
    """Weight of the squared weights in the loss."""

    networks: int = Field(default=3, ge=1, le=100)
    """Networks whose probabilities are averaged."""

    held_out: float = Field(default=0.2, gt=0, lt=1)
    """Part of the images that the probabilities are calibrated on."""
