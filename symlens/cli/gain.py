"""``symlens gain``: how many samples does a symmetry save?"""

from __future__ import annotations

from rich.text import Text

from symlens.cli.report import print_facts
from symlens.gain import predict_gain
from symlens.gain.calculator import Gain


def run(
    *,
    manifold: str,
    group: str,
    smoothness: float,
    theta: float,
    samples: int,
    noise: float,
    risk: float | None,
) -> None:
    """Print what a symmetry saves."""
    found = predict_gain(
        manifold, group, smoothness=smoothness, theta=theta, samples=samples, noise=noise
    )
    facts = [*law_facts(found), *finite_facts(found)]
    if risk is not None:
        plain, own = found.samples_for(risk)
        text = f"n = {plain:,.0f} without, {own:,.0f} with the symmetry ({plain / own:.3g} times)"
        facts.append((f"risk {risk:g}", text))
    print_facts(facts)


def law_facts(found: Gain) -> list[tuple[str, str | Text]]:
    """What the asymptotic laws say."""
    order, dim = found.order, found.symmetry.quotient_dim
    size = f"{order} elements" if order is not None else "positive dimension"
    freely = "freely" if found.symmetry.free else "with points that stay in their place"
    multiplier = f"{found.sample_multiplier:,.6g}"
    ratio = f"{found.risk_ratio:.4g}"
    if order is None:
        multiplier += f" at n = {found.samples:,}, growing with n"
        ratio += f" at n = {found.samples:,}"
    facts: list[tuple[str, str | Text]] = [
        ("group", f"{found.symmetry.group} on {found.symmetry.manifold}: {size}, acts {freely}"),
        ("quotient", f"dimension {dim}, volume {found.symmetry.quotient_volume():.6g}"),
        (
            "rate",
            f"risk ~ n^-{found.rate_plain:.4f} without, n^-{found.rate_invariant:.4f} with it",
        ),
        ("sample multiplier", Text(multiplier, style="bold green")),
        ("risk ratio", ratio),
    ]
    if found.crossover is not None:
        facts.append(("crossover", f"the two laws meet at n = {found.crossover:.3g}"))
    return facts


def finite_facts(found: Gain) -> list[tuple[str, str | Text]]:
    """What is left of it at finite n."""
    finite = found.finite
    beside = "" if found.order is None else f", beside |G| = {found.order:,}"
    counts = (
        f"{finite.count:,} eigenfunctions up to {finite.eigenvalue}, {finite.count_invariant:,} "
        f"invariant: ratio {finite.count_ratio:.3g}{beside}"
    )
    risks = (
        f"risk {finite.risk_plain:.4g} without, {finite.risk_invariant:.4g} with it; worth "
        f"{finite.sample_multiplier:.4g} times the samples"
    )
    return [("exact counts", counts), (f"at n = {finite.samples:,}", risks)]
