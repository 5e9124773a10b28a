"""Configuration of the study ``latent``: settings of its networks and its experiments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from symlens.config.base import Block, BlockError
from symlens.config.experiment import Experiment, Name, distinct
from symlens.config.latent_data import LatentData

Method = Literal["gaussian", "linear", "circular", "spherical"]
Beta = Annotated[float, Field(gt=0.0, le=1000.0)]
Size = Annotated[int, Field(ge=1, le=64)]
Width = Annotated[int, Field(ge=1, le=4096)]


class VaeSettings(Block):
    """Settings of the autoencoders of a training: all of a sweep are trained together."""

    samples: int = Field(default=12_500, ge=20, le=10_000_000)
    """Number of samples that a training draws."""

    held_out: float = Field(default=0.2, gt=0.0, lt=1.0)
    """Fraction of them that is not learned from: it selects the networks and is judged on."""

    standardise: bool = True
    """Whether every feature is brought to unit variance; a constant one is only centred."""

    hidden: Annotated[tuple[Width, ...], Field(strict=False)] = (
        64,
        64,
    )
    """Widths of the hidden layers of the encoder; the decoder has them in reverse. Method `linear`
    has none."""

    latent_sizes: (
        Annotated[tuple[Size, ...], Field(strict=False, min_length=1), AfterValidator(distinct)]
        | None
    ) = None
    """Numbers of latents; the largest one is the one that relevances are shown for. Null: as many
    as there are features."""

    beta: Beta = 0.2
    """Weight of the KL term against the squared error summed over features: the one that
    relevances are shown for. It is twice the variance of the decoder."""

    betas: Annotated[tuple[Beta, ...], Field(strict=False), AfterValidator(distinct)] = ()
    """Further weights, for the curve of KL against beta."""

    starts: int = Field(default=2, ge=1, le=64)
    """Networks of every latent size and beta, each from random weights of its own; the one with
    the best held-out evidence lower bound is kept."""

    control: bool = True
    """Whether the same networks also learn from the same features, each shuffled by itself: what
    is found there owes nothing to a symmetry or constraint."""

    epochs: int = Field(default=60, ge=1, le=100_000)
    """Passes through the samples."""

    batch: int = Field(default=256, ge=1, le=1_000_000)
    """Samples in a step."""

    learning_rate: float = Field(default=5.0e-3, gt=0.0, le=1.0)
    """Adam's first learning rate; it falls to a hundredth, as half a cosine."""

    warmup: float = Field(default=0.0, ge=0.0, le=1.0)
    """Fraction of the training in which the weight of the KL term grows from 0 to beta."""

    threshold: float = Field(default=0.05, gt=0.0, le=10.0)
    """KL, in nats, above which a latent counts as relevant."""


class LatentExperiment(Experiment):
    """Samples, and the methods and seeds that learn from them."""

    data: LatentData
    """Where the samples come from."""

    methods: Annotated[
        tuple[Method, ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ] = ("gaussian",)
    """Posteriors. gaussian: the ordinary VAE; linear: the same without hidden layers, whose
    optimum is known; circular, spherical: the first latent is an angle, a direction of space."""

    vae: VaeSettings | None = None
    """Settings for this experiment: the keys given here win over those of the study."""


class LatentStudy(Block):
    """The study ``latent``."""

    vae: VaeSettings = VaeSettings()
    """Settings of the networks for every experiment."""

    experiments: dict[Name, LatentExperiment] = Field(default_factory=dict)
    """Experiments by name, which is also the name of their folder."""

    def settings(self, experiment: str) -> VaeSettings:
        """Settings of a training: the experiment's keys over the study's over the defaults."""
        own = self.experiments[experiment].vae
        given = {} if own is None else own.model_dump(include=own.model_fields_set)
        return VaeSettings.model_validate(self.vae.model_dump() | given)

    def resolved(self, experiment: str, method: Method | None = None) -> dict[str, Any]:
        """All that decides what an experiment's data or, with a method, its trainings give.

        Returns
        -------
        dict
            ``data`` and, with a method, ``method`` and ``settings`` (without ``threshold``, which
            judges and does not train); plain JSON values.
        """
        block = self.experiments[experiment]
        found: dict[str, Any] = {"data": block.data.model_dump(mode="json")}
        if method is not None:
            settings = self.settings(experiment).model_dump(mode="json", exclude={"threshold"})
            found |= {"method": method, "settings": settings}
        return found

    @model_validator(mode="after")
    def _trainable(self) -> Self:
        mistakes = [
            (f"experiments.{name}.{key}", text)
            for name in self.experiments
            for key, text in self._mistakes(name)
        ]
        if mistakes:
            raise BlockError(mistakes)
        return self

    def _mistakes(self, name: str) -> Iterator[tuple[str, str]]:
        """Key and mistake where data and settings do not go together."""
        settings, made = self.settings(name), self.experiments[name].data.samples
        if settings.beta in settings.betas:
            yield "vae.betas", f"further weights, beside beta: found beta = {settings.beta:g} again"
        drawn = min(settings.samples, made)
        kept = round(drawn * settings.held_out)
        if kept < 10 or drawn - kept < 10:
            found = f"found {drawn - kept} and {kept} of {drawn}"
            yield "data.samples", f"at least 10 samples to learn from and 10 held out, {found}"
