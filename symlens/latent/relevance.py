"""How relevant a latent is: a registry of definitions.

The paper that this study is after (arXiv:2504.05174) orders latents by a relevance whose formula
is not known to us: these are standard ones, each with its own name, and none is claimed to be the
paper's. All are 0 for a latent that is not used, except for sampling noise. Notation: q(z_i|x) has
mean mu_i(x) and variance s_i^2(x), averages are over samples. The code of a curved latent is a
vector, and variances are sums over its components.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.latent.network import Network, Posterior

Array = NDArray[np.float64]
DEFAULT = "kl"


def kl(x: Array, network: Network, posterior: Posterior) -> Array:
    """E_x KL(q(z_i|x) || p(z_i)), nats: E 1/2 (mu^2 + s^2 - 1 - ln s^2) for a real latent."""
    del x, network
    return np.asarray(posterior.kl.mean(axis=0))


def active(x: Array, network: Network, posterior: Posterior) -> Array:
    """Var_x[mu_i(x)], the active units of Burda, Grosse and Salakhutdinov (arXiv:1509.00519)."""
    del x
    return _by_latent(posterior.mean.var(axis=0), network)


def snr(x: Array, network: Network, posterior: Posterior) -> Array:
    """Var_x[mu_i]/E_x[s_i^2], signal over noise; kl ~ ln(1 + snr)/2 for a Gaussian channel."""
    noise = np.maximum(posterior.variance.mean(axis=0), 1e-12)
    return np.asarray(active(x, network, posterior) / noise)


def precision(x: Array, network: Network, posterior: Posterior) -> Array:
    """1/E_x[s_i^2] - 1, the precision of the posterior beyond that of the prior."""
    del x, network
    found: Array = 1.0 / np.maximum(posterior.variance.mean(axis=0), 1e-12) - 1.0
    return found


def jacobian(x: Array, network: Network, posterior: Posterior) -> Array:
    """E ||d decoder(z)/d z_i||^2 in standardised features, at the middles of the posteriors."""
    del x
    return np.asarray(network.sensitivity(posterior.mode).mean(axis=0))


def ablation(x: Array, network: Network, posterior: Posterior) -> Array:
    """Increase of E||x - xhat||^2, standardised features, when z_i is set to its mean."""
    target = network.standard(x)
    code = posterior.mode
    owner = network.shapes.layout.owner()
    base = np.mean(np.sum((target - network.decode(code)) ** 2, axis=1))
    found = np.zeros(network.shapes.layout.latents)
    for latent in np.flatnonzero(network.mask):
        columns = owner == latent
        ablated = code.copy()
        ablated[:, columns] = code[:, columns].mean(axis=0)
        error = np.mean(np.sum((target - network.decode(ablated)) ** 2, axis=1))
        found[latent] = error - base
    return found


@dataclass(frozen=True)
class Definition:
    """A definition of relevance.

    Parameters
    ----------
    compute : callable
        Samples, network and posterior to one number per latent.
    label : str
        As an axis has it.
    units : str
    threshold : float
        Above which a latent counts; of ``kl`` the configuration's wins.
    relative : bool
        Whether the threshold is a fraction of the sum over latents.
    """

    compute: Callable[[Array, Network, Posterior], Array]
    label: str
    units: str
    threshold: float
    relative: bool = False

    @property
    def meaning(self) -> str:
        """The formula, in a line."""
        return str(self.compute.__doc__).strip()


DEFINITIONS: Mapping[str, Definition] = {
    "kl": Definition(kl, "KL (nats)", "1", 0.05),
    "active": Definition(active, "Var mu", "1", 0.01),
    "snr": Definition(snr, "signal / noise", "1", 0.1),
    "precision": Definition(precision, "excess precision", "1", 0.1),
    "jacobian": Definition(jacobian, "decoder slope^2", "1", 0.02, relative=True),
    "ablation": Definition(ablation, "error when ablated", "1", 0.02, relative=True),
}


def relevances(x: Array, network: Network) -> dict[str, Array]:
    """Every definition's value for every latent, 0 for latents that the network does not have.

    Parameters
    ----------
    x : ndarray, shape (m, features)
        Samples in their own units, held out.
    network : Network
    """
    posterior = network.posterior(x)
    return {
        name: definition.compute(x, network, posterior) * network.mask
        for name, definition in DEFINITIONS.items()
    }


def normalised(relevance: Array) -> Array:
    """Relevances divided by their sum; all 0 where that is not positive."""
    kept = np.maximum(relevance, 0.0)
    total = kept.sum()
    return kept / total if total > 0 else kept


def participation(relevance: Array) -> float:
    """Participation ratio (sum rho)^2/sum rho^2, an effective number of latents; 0 for none."""
    kept = np.maximum(relevance, 0.0)
    square = float(np.sum(kept**2))
    return float(kept.sum() ** 2 / square) if square > 0 else 0.0


def count(name: str, relevance: Array, threshold: float | None = None) -> int:
    """Number of latents above the threshold of a definition, or one given."""
    definition = DEFINITIONS[name]
    level = definition.threshold if threshold is None else threshold
    if definition.relative:
        level *= float(np.maximum(relevance, 0.0).sum())
    return int(np.count_nonzero(relevance > max(level, 1e-9)))


def _by_latent(values: Array, network: Network) -> Array:
    """Sums of the columns of the code over those that belong to each latent."""
    layout = network.shapes.layout
    found = np.bincount(layout.owner(), weights=values, minlength=layout.latents)
    return np.asarray(found, np.float64)
