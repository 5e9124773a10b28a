"""Controls of a ``lens`` experiment: samples without a symmetry, one block per kind."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from symlens.config.lens_samples import Grouped, Range, Samples


class _Control(Grouped):
    """Samples whose law, fixed by ``group_seed``, no orthogonal shift leaves as it is."""

    group: Literal["translation", "permuted_translation", "frequency_shift", "random_basis"] = (
        "random_basis"
    )
    """Basis in which the samples are given; it hides what they are made of, there is no group."""


class IndependentData(_Control):
    """No symmetry: independent sources, each of its own distribution, mixed by a rotation."""

    source: Literal["independent"] = "independent"
    """Independent sources, no two of the same distribution: data without a symmetry."""

    scale: Range = (0.5, 2.0)
    """Range [low, high] of the standard deviations of the sources, in units of the data."""


class FactorsData(_Control):
    """No symmetry: a linear mixture that is not orthogonal of independent sources."""

    source: Literal["factors"] = "factors"
    """Linear mixtures of independent sources: data without a symmetry."""

    sources: int | None = Field(default=None, ge=2, le=4096)
    """Number of sources; null: n. Fewer leave the samples of low rank but for the noise. From about
    four on no rotation makes them stationary; two or three may be."""

    mixing: Literal["scales", "dense", "filter"] = "dense"
    """scales: the sources themselves, n of them, in unequal units; dense: normal numbers, drawn
    once; filter: a filter of five taps that changes along the pixels."""

    alike: bool = False
    """Whether all sources have one law (exponential) and only the mixing tells them apart; else no
    two have."""

    @model_validator(mode="after")
    def _mixable(self) -> Self:
        if self.mixing != "dense" and self.sources is not None:
            raise ValueError(f"sources: only for mixing dense, {self.mixing} has its own number")
        return self


class ClustersData(_Control):
    """No symmetry: normal clusters of unequal weights around random centres."""

    source: Literal["clusters"] = "clusters"
    """Clusters around random centres: data without a symmetry."""

    clusters: int = Field(default=6, ge=3, le=1000)
    """Number of clusters."""

    width: float = Field(default=0.5, gt=0.0, le=100.0)
    """Standard deviation inside a cluster, in units of the spread of the centres."""


class EllipticalData(_Control):
    """Nothing identifiable: a normal or other elliptical law with a coloured covariance."""

    source: Literal["elliptical"] = "elliptical"
    """Normal or other elliptical laws, of which the covariance is all there is to know."""

    freedom: float | None = Field(default=None, gt=2.0, le=1.0e6)
    """Degrees of freedom of a multivariate t law; null: the normal one."""

    decay: float = Field(default=1.0, ge=0.0, le=10.0)
    """The k-th eigenvalue of the covariance is proportional to k to the power of minus this."""


class WhiteNoiseData(Samples):
    """Nothing identifiable: independent standard normal features, which every rotation leaves."""

    source: Literal["white_noise"] = "white_noise"
    """Independent standard normal features."""

    noise: float = Field(default=0.0, ge=0.0, le=100.0)
    """White noise added, in units of the standard deviation of the samples."""


Controls = IndependentData | FactorsData | ClustersData | EllipticalData | WhiteNoiseData
