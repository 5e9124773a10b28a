"""The experiments of the sweeps of ``lens``: one per point, as if they had been written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from symlens.config.explain import explain
from symlens.config.sweep import Point, Value, names

if TYPE_CHECKING:
    from symlens.config.lens import LensExperiment, LensStudy

DATA = "data."


@dataclass(frozen=True)
class Expansion:
    """What the sweeps of a study come to.

    Parameters
    ----------
    points : dict of str to dict
        Sweep -> name of an experiment -> the point that it is.
    experiments : dict of str to LensExperiment
    mistakes : list of (str, str)
        Key path and mistake of what cannot be made an experiment.
    """

    points: dict[str, dict[str, Point]] = field(default_factory=dict)
    experiments: dict[str, LensExperiment] = field(default_factory=dict)
    mistakes: list[tuple[str, str]] = field(default_factory=list)


def expand(study: LensStudy) -> Expansion:
    """Give the experiments of all sweeps of a study."""
    found = Expansion()
    for name, sweep in study.sweeps.items():
        base = study.experiments.get(sweep.of)
        if base is None:
            known = ", ".join(study.experiments) or "none"
            text = f"no experiment {sweep.of}; there are: {known}"
            found.mistakes.append((f"sweeps.{name}.of", text))
            continue
        if sweep.method not in base.methods:
            text = f"{sweep.of} is learned by {', '.join(base.methods)}, not by {sweep.method}"
            found.mistakes.append((f"sweeps.{name}.method", text))
            continue
        settings = study.settings(sweep.of, sweep.method).model_dump()
        values = settings | {DATA + key: value for key, value in base.data.model_dump().items()}
        try:
            points = dict(names(name, sweep.points(partial(_number, values=values))))
        except ValueError as error:
            found.mistakes.append((f"sweeps.{name}", str(error)))
            continue
        found.points[name] = points
        for experiment, point in points.items():
            block = _varied(base, sweep, settings, point)
            try:
                made = type(base).model_validate(block)
            except ValidationError as error:
                lines = explain(error, type(base))
                found.mistakes.extend(
                    (f"sweeps.{name}", f"at '{point.label}': {line}") for line in lines
                )
                continue
            if study.experiments.get(experiment, made) != made:
                text = f"its point {experiment} has the name of an experiment"
                found.mistakes.append((f"sweeps.{name}", text))
            found.experiments[experiment] = made
    return found


def _number(key: str, values: Mapping[str, Any]) -> Value:
    """The number, true or false that a key has in the experiment."""
    if key not in values:
        raise ValueError(f"{key}: no such key of the method's settings, nor data.<key>")
    value = values[key]
    if not isinstance(value, bool | int | float):
        text = f"{key}: only numbers, true and false can be varied, it is {value!r}"
        raise ValueError(text)  # noqa: TRY004 - pydantic listens to ValueError only
    return value


def _varied(
    base: LensExperiment, sweep: Any, settings: Mapping[str, Any], point: Point
) -> dict[str, Any]:
    """The block of a point, as it would be written out."""
    data, own = base.data.model_dump(), dict(settings)
    for key, value in point.changes.items():
        if key.startswith(DATA):
            data[key.removeprefix(DATA)] = value
        else:
            own[key] = value
    return {
        "title": f"{sweep.title}: {point.label}",
        "seeds": base.seeds if sweep.seeds is None else sweep.seeds,
        "data": data,
        "methods": (sweep.method,),
        sweep.method: own,
    }
