"""Configuration of the study ``gain``: manifolds with groups, lens results, learning curves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from symlens.config.base import Block
from symlens.config.experiment import Experiment, Name, Seed, distinct

Method = Literal["krr"]
MADE_HERE = "results"
"""Folder whose files other rules of the workflow make: they need not be there yet."""


def rising(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse values that do not grow."""
    if any(b <= a for a, b in pairwise(values)):
        raise ValueError(f"growing values, found {', '.join(map(str, values))}")
    return values


Amount = Annotated[float, Field(ge=0, le=10)]
Size = Annotated[int, Field(ge=8, le=20_000)]


class ManifoldData(Block):
    """Regression on a torus, a sphere or a product of them, with a target that a group leaves."""

    source: Literal["manifold"]
    """Uniform points of a manifold."""

    manifold: str = Field(min_length=1)
    """T<D>, S<m> or a product such as T2xS2."""

    group: str = Field(min_length=1)
    """translations(m1,...), signs, permutations, hyperoctahedral, antipode, circle(v1,...),
    subtorus(k), so(k) or hopf; for a product one for every factor, joined by x."""

    smoothness: float = Field(gt=0, le=50)
    """s of the kernel's Sobolev space; more than half of the manifold's dimension."""

    theta: float = Field(default=1.0, gt=0, le=1)
    """Smoothness of the target over that of the kernel."""

    noise: float = Field(default=0.5, gt=0, le=10)
    """Standard deviation of the noise, in units of the target's norm."""

    cutoff: int = Field(default=1024, ge=4, le=20_000)
    """Largest eigenvalue of the Laplacian that kernel and target have."""

    epsilon: Annotated[
        tuple[Amount, ...],
        Field(strict=False, min_length=1),
        AfterValidator(rising),
    ] = (0.0,)
    """Norms of a part that the group does not leave alone, added to the target."""


class LensResult(Block):
    """Regression on samples whose symmetry ``lens`` has learned; it must be cyclic."""

    source: Literal["lens"]
    """A result of the study lens."""

    run: str = Field(min_length=1)
    """Run file with the learned generator."""

    samples: str = Field(min_length=1)
    """Data file that it was learned from, with the ideal generator."""

    pool: int = Field(default=600, ge=100, le=4000)
    """Samples that training and test points are drawn from."""

    noise: float = Field(default=0.5, gt=0, le=10)
    """Standard deviation of the noise, in units of the target's norm."""

    decay: float = Field(default=1.5, ge=1, le=4)
    """The target's squared coefficients fall as this power of the kernel's eigenvalues."""

    seed: Seed = 1
    """Seed of the pool."""


GainData = Annotated[ManifoldData | LensResult, Field(discriminator="source")]


class KrrSettings(Block):
    """Kernel ridge regression over growing numbers of samples."""

    sizes: Annotated[
        tuple[Size, ...],
        Field(strict=False, min_length=3),
        AfterValidator(rising),
    ] = (64, 128, 256, 512, 1024, 2048)
    """Numbers of samples."""

    drawn: int = Field(default=4096, ge=8, le=1_000_000)
    """Samples that a seed draws at every size: as many sets as that makes, at least one."""

    repeats: int = Field(default=32, ge=1, le=256)
    """Sample sets of a seed and size at most; the seed's risk is their mean."""

    noises: int = Field(default=32, ge=1, le=256)
    """Times that the noise of every sample set is drawn anew; the mean is over these, too."""


class GainExperiment(Experiment):
    """A manifold with a group, or samples with a learned symmetry."""

    data: GainData
    """Where the samples come from."""

    methods: Annotated[
        tuple[Method, ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ] = ("krr",)
    """Regression methods."""

    krr: KrrSettings | None = None
    """Settings of ``krr`` for this experiment: keys given here win over the study's."""

    def files(self) -> Iterator[tuple[str, str]]:
        """Key and value of the files of ``lens``."""
        if isinstance(self.data, LensResult):
            yield "data.run", self.data.run
            yield "data.samples", self.data.samples

    def missing_files(self) -> Iterator[tuple[str, str]]:
        """Key path and mistake of every named file that is neither there nor made by a rule."""
        named = dict(self.files())
        for key, text in super().missing_files():
            if Path(named[key]).parts[:1] != (MADE_HERE,):
                yield key, text


class GainStudy(Block):
    """The study ``gain``."""

    krr: KrrSettings = KrrSettings()
    """Settings of the method ``krr`` for every experiment."""

    experiments: dict[Name, GainExperiment] = Field(default_factory=dict)
    """Experiments by name, which is also the name of their folder."""

    def settings(self, experiment: str, method: Method) -> KrrSettings:
        """Settings of a training: the experiment's keys over the study's over the defaults."""
        study: KrrSettings = getattr(self, method)
        own = getattr(self.experiments[experiment], method)
        given = {} if own is None else own.model_dump(include=own.model_fields_set)
        return KrrSettings.model_validate(study.model_dump() | given)

    def resolved(self, experiment: str, method: Method | None = None) -> dict[str, Any]:
        """All that decides what an experiment's data or, with a method, its trainings give.

        Returns
        -------
        dict
            ``data`` and, with a method, ``method`` and ``settings``; plain JSON values.
        """
        block = self.experiments[experiment]
        found: dict[str, Any] = {"data": block.data.model_dump(mode="json")}
        if method is not None:
            settings = self.settings(experiment, method)
            found |= {"method": method, "settings": settings.model_dump(mode="json")}
        return found
