"""Events of Pythia 8, an optional extra: for comparison, and for full events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.config.latent_data import PythiaData
from symlens.errors import DataError
from symlens.latent.data import leptons
from symlens.latent.data.system import System

Array = NDArray[np.float64]

FAILURES = 1000
"""Events in a row that may fail or lack a pair before it is given up."""


def started(settings: Sequence[str]) -> Any:
    """A Pythia that is ready to make events, silent.

    Raises
    ------
    DataError
        Where Pythia is not installed, or refuses the settings.
    """
    try:
        import pythia8mc
    except ImportError:
        raise DataError(
            "data.source, data.pdf: 'pythia' needs Pythia 8, which is not installed: "
            "pip install 'symlens[pythia]'"
        ) from None
    pythia = pythia8mc.Pythia("", False)
    for line in ("Print:quiet = on", *settings):
        if not pythia.readString(line):
            raise DataError(f"Pythia refuses the setting {line!r}")
    if not pythia.init():
        raise DataError(f"Pythia does not start with {', '.join(settings)}")
    return pythia


def settings(cfg: PythiaData, seed: int) -> list[str]:
    """Settings of a configuration; the electrons, or the first protons, run along +z."""
    lepton = cfg.process == "electron_positron"
    found = [
        "Beams:idA = 11" if lepton else "Beams:idA = 2212",
        "Beams:idB = -11" if lepton else "Beams:idB = 2212",
        f"Beams:eCM = {cfg.sqrt_s}",
        "WeakSingleBoson:ffbar2gmZ = on",
        "23:onMode = off",
        "23:onIfAny = 13",
        "Random:setSeed = on",
        f"Random:seed = {1 + seed % 899_999_999}",
    ]
    if lepton:
        found.append("PDF:lepton = off")
    else:
        low, high = cfg.mass
        found += [f"PhaseSpace:mHatMin = {low}", f"PhaseSpace:mHatMax = {high}"]
    if cfg.level == "hard":
        found += ["PartonLevel:all = off", "HadronLevel:all = off"]
    return found


def pairs(cfg: PythiaData, rng: np.random.Generator, count: int) -> Array:
    """Four-momenta of mu- and mu+ in GeV. Shape (m, 2, 4).

    Of the hard process, or the hardest muon of either charge in the final state of a full event.

    Raises
    ------
    DataError
        Where Pythia is not installed or cannot make such events.
    """
    pythia = started(settings(cfg, int(rng.integers(1, 2**31))))
    found = np.empty((count, 2, 4))
    done = failed = 0
    while done < count:
        pair = (
            _muons(pythia.process if cfg.level == "hard" else pythia.event)
            if (pythia.next())
            else None
        )
        if pair is None:
            failed += 1
            if failed > FAILURES:
                raise DataError("Pythia makes no event with a muon of either charge")
            continue
        found[done], failed = pair, 0
        done += 1
    return found


def _muons(event: Any) -> Array | None:
    """The hardest outgoing muon of either charge; None where there is none."""
    best: dict[int, Any] = {}
    for particle in event:
        number = particle.id()
        if abs(number) == 13 and particle.isFinal():
            known = best.get(number)
            if known is None or particle.pT() > known.pT():
                best[number] = particle
    if len(best) < 2:
        return None
    return np.array([[p.e(), p.px(), p.py(), p.pz()] for p in (best[13], best[-13])])


def system(cfg: PythiaData) -> System:
    """The law of a configuration; of full events the dimension is not known."""
    names, units = leptons.names_and_units(cfg.features)
    draw = leptons.detected(lambda rng, count: pairs(cfg, rng, count), cfg)
    known = cfg.level == "hard" and cfg.smearing == 0.0
    lepton = cfg.process == "electron_positron"
    scale = (cfg.sqrt_s if lepton else sum(cfg.mass) / 2) / 2
    return System(
        names,
        units,
        lambda rng, count: leptons.features(draw(rng, count), cfg.features),
        intrinsic=(2 if lepton else 4) if known else None,
        embedding=(3 if lepton else 5) if known else None,
        constraints=leptons.transverse_balance(cfg.features, scale) if cfg.level == "hard" else (),
        generator=leptons.beam_rotation(cfg.features),
        action="rotation about the beam",
    )
