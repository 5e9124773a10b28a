"""The learning methods of ``lens``: their names and the settings of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from symlens.config.lens_baselines import LieGANSettings, LiePCASettings, SymmetryGANSettings
from symlens.config.lens_fast import FastSettings
from symlens.config.lens_official import OfficialSettings

Method = Literal["fast", "official", "symmetrygan", "liegan", "liepca"]

Settings = FastSettings | OfficialSettings | SymmetryGANSettings | LieGANSettings | LiePCASettings

SETTINGS: Mapping[str, type[Settings]] = {
    "fast": FastSettings,
    "official": OfficialSettings,
    "symmetrygan": SymmetryGANSettings,
    "liegan": LieGANSettings,
    "liepca": LiePCASettings,
}
