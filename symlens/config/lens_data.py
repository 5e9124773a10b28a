"""Where the samples of a ``lens`` experiment come from: one block per source."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from symlens.config.base import Block
from symlens.config.lens_controls import (
    ClustersData,
    Controls,
    EllipticalData,
    FactorsData,
    IndependentData,
    WhiteNoiseData,
)
from symlens.config.lens_samples import Broken, Group, Grouped, Range, Samples

__all__ = [
    "ClustersData",
    "Controls",
    "DigitSlicesData",
    "EllipticalData",
    "FactorsData",
    "FileData",
    "GaussianData",
    "ImageRowsData",
    "IndependentData",
    "LegendreData",
    "LensData",
    "SynthesizedData",
    "WhiteNoiseData",
]

# The support, in units of ``scale`` to either side of its centre, beyond which a signal is taken as
# zero: a Gaussian at 6 sigma is 1.5e-8 of its peak, below single precision; a Legendre wave of
# length ``scale`` ends at half of it.
GAUSSIAN_REACH = 6.0
LEGENDRE_REACH = 0.5
DISPERSION = (1.0, 0.5)

LegendreFeature = Annotated[
    tuple[Annotated[int, Field(ge=0, le=20)], Annotated[int, Field(ge=0, le=20)]],
    Field(strict=False),
]


class _Signals(Samples):
    """Sums of signals at random centres, the official pipeline."""

    group: Group = "translation"
    """Representation of the group: the basis in which the samples are given."""

    amplitude: Range = (0.5, 1.5)
    """Range [low, high] of the amplitude of a signal, uniform, in units of the data."""

    lots: int = Field(default=5, ge=1, le=1000)
    """Lots per sample and signal family: the largest number of signals of one family."""

    presence: float = Field(default=0.5, gt=0.0, le=1.0)
    """Probability that a lot holds a signal, shared evenly by the signal families."""

    centres: float | None = Field(default=None, gt=0.0, le=1.0e6)
    """Window only: centres are uniform in +-centres, in pixels from the middle of the window. Null:
    n as in the official code, or more where the signals reach further, so that the window is
    stationary."""

    dispersion: Annotated[tuple[float, ...], Field(strict=False, min_length=1)] | None = None
    """Coefficients c_i, in pixels per unit of group parameter, of the phase velocity
    u(f) = sum_i c_i (|f| / f_Nyquist)^i; dispersed_translation only. Null: [1, 0.5], our choice;
    [1] is plain translation."""

    travel: float | None = Field(default=None, gt=0.0, le=1.0e9)
    """Length of the range of centres, in units of the group parameter; dispersed_translation only.
    Null: n. A dispersed translation is not periodic: its samples are invariant up to 1/travel."""

    broken: Broken | None = None
    """What takes the symmetry away; null: nothing."""

    @abstractmethod
    def reach(self) -> float:
        """Distance, in pixels, from its centre at which the widest signal has ended."""

    def centre_range(self) -> float:
        """Half-width, in pixels, of the range of centres over a window."""
        if self.centres is not None:
            return self.centres
        return max(float(self.n), (self.n - 1) / 2 + self.reach())

    def velocity(self) -> tuple[float, ...]:
        """Coefficients of the phase velocity of a dispersed translation."""
        return DISPERSION if self.dispersion is None else self.dispersion

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        needed = (self.n - 1) / 2 + self.reach()
        if self.centres is not None and self.cyclic:
            raise ValueError("centres: only for a window; leave it out when cyclic is true")
        if self.centres is not None and self.centres < needed:
            raise ValueError(
                f"centres: at least {needed:g} pixels, half the window and the reach of the widest "
                f"signal, or the window is not stationary; got {self.centres:g}"
            )
        if self.group == "dispersed_translation":
            self._dispersed()
        elif self.dispersion is not None or self.travel is not None:
            raise ValueError("dispersion, travel: only for group dispersed_translation")
        return self

    def _dispersed(self) -> None:
        if not self.cyclic or self.n % 2 == 0:
            raise ValueError(
                "group: dispersed_translation turns the Fourier planes of a ring of an odd number "
                f"of pixels: it needs cyclic true and n odd, got cyclic {str(self.cyclic).lower()} "
                f"and n {self.n}"
            )
        for k in range(1, self.n // 2 + 1):
            fraction = 2 * k / self.n
            velocity = sum(c * fraction**i for i, c in enumerate(self.velocity()))
            if velocity <= 0.0:
                raise ValueError(
                    f"dispersion: the phase velocity must be positive up to the Nyquist frequency, "
                    f"it is {velocity:.3g} at {fraction:.3g} of it"
                )


class GaussianData(_Signals):
    """Gaussian bumps of unit area."""

    source: Literal["gaussian"] = "gaussian"
    """Sums of Gaussian bumps."""

    scale: Range = (0.2, 1.0)
    """Range [low, high] of the standard deviation of a bump, uniform, in pixels."""

    def reach(self) -> float:
        """Distance, in pixels, from its centre at which the widest bump has ended."""
        return GAUSSIAN_REACH * self.scale[1]


class LegendreData(_Signals):
    """Associated Legendre waves."""

    source: Literal["legendre"] = "legendre"
    """Sums of associated Legendre waves."""

    scale: Range = (6.0, 15.0)
    """Range [low, high] of the length of a wave, uniform, in pixels."""

    features: Annotated[tuple[LegendreFeature, ...], Field(strict=False, min_length=1)] = (
        (2, 1),
        (3, 1),
    )
    """Families [degree l, order m], 1 <= m <= l: m = 0 would end in a jump."""

    def reach(self) -> float:
        """Distance, in pixels, from its centre at which the longest wave has ended."""
        return LEGENDRE_REACH * self.scale[1]

    @model_validator(mode="after")
    def _orders(self) -> Self:
        for degree, order in self.features:
            if not 1 <= order <= degree:
                raise ValueError(f"features: [l, m] with 1 <= m <= l, got [{degree}, {order}]")
        return self


class _Natural(Grouped):
    """A source of natural samples."""

    broken: Broken | None = None
    """What takes the symmetry away; null: nothing."""

    @model_validator(mode="after")
    def _breakable(self) -> Self:
        if self.broken is not None and self.broken.kind == "width":
            raise ValueError("broken.kind: width is for gaussian and legendre signals only")
        return self


class ImageRowsData(_Natural):
    """Windows of image rows, one pixel per feature."""

    source: Literal["image_rows"] = "image_rows"
    """Windows of the rows of grey images."""

    path: str | None = Field(default=None, min_length=1)
    """An image file or a folder of them; null: scikit-learn's china.jpg and flower.jpg."""

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.cyclic:
            raise ValueError("cyclic: must be false, a piece of an image row is not a ring")
        return self


class DigitSlicesData(_Natural):
    """Slices of handwritten digits: rows (window) or rings (cyclic)."""

    source: Literal["digit_slices"] = "digit_slices"
    """Horizontal slices of digits, or rings around their middle when cyclic."""

    mnist: str | None = Field(default=None, min_length=1)
    """Path of a local mnist.npz (keys x_train, x_test); null: scikit-learn's bundled digits."""


class SO2Data(Samples):
    """Points of the plane that every rotation about the middle leaves alike."""

    source: Literal["so2"] = "so2"
    """Points of the plane: the symmetry is the rotation group SO(2) itself."""

    n: Literal[2] = 2
    """Features of a sample: the coordinates of a point."""

    cyclic: Literal[True] = True
    """Rotations close by themselves."""

    shape: Literal["circle", "annulus", "disc", "gaussian"] = "circle"
    """Where the points lie: on the unit circle, evenly over a ring or a disc, or isotropic
    Gaussian."""

    inner: float = Field(default=0.5, gt=0.0, lt=1.0)
    """Inner radius of the ring, the outer one being 1; annulus only."""

    noise: float = Field(default=0.0, ge=0.0, le=100.0)
    """White noise added, in units of the standard deviation of the samples."""


class FileData(Block):
    """A user's own samples, of shape (sample, feature)."""

    source: Literal["file"] = "file"
    """A .nc, .npy, .npz or .csv file of shape (sample, feature)."""

    path: str = Field(min_length=1)
    """The file; its ending tells the kind."""

    variable: str | None = Field(default=None, min_length=1)
    """Variable of a .nc or array of a .npz; null: ``x``, or the only two-dimensional one."""

    samples: int | None = Field(default=None, ge=1, le=1_000_000_000)
    """Number of samples to read, from the first; null: all."""

    cyclic: bool | Literal["auto"] = False
    """Whether the symmetry is cyclic: n features represent the whole group; auto: to be found out,
    by learning both, in twice the time."""


SynthesizedData = GaussianData | LegendreData | ImageRowsData | DigitSlicesData | SO2Data | Controls
LensData = Annotated[
    SynthesizedData | FileData,
    Field(discriminator="source"),
]
