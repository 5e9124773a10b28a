"""Constraints as formulas: what combination of features every removed direction is.

A library of terms is evaluated on the samples; a constraint is a combination of terms that
vanishes. The space of all such combinations is the null space of the library, and its sparsest
members are found by linear programming: least sum of |coefficients| with one of them held at 1
(as in sparse dictionary learning, Spielman, Wang and Wright, arXiv:1206.5882). First linear terms;
then, in the features that those leave free, products of two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Array = NDArray[np.float64]

TOLERANCE = 0.01
"""RMS, relative to the scale of the terms, above which nothing is called a constraint."""
GAP = 10.0
"""Ratio between singular values that tells constraints from small variances."""
ROUNDING = 1e-12
"""Relative singular values, and sizes of terms, below this are 0, whatever their ratio."""
LARGEST_LIBRARY = 300
FREE = 0.5
"""What a constant costs beside a feature: a = 5 and b = 5 are plainer than a = b and b = 5."""
LARGEST_FACTOR = 12


@dataclass(frozen=True)
class Term:
    """A product of features, or cosine or sine of one.

    Parameters
    ----------
    columns : tuple of int
        Features that are multiplied; none: the constant 1.
    function : {'', 'cos', 'sin'}
        Applied to the only column.
    """

    columns: tuple[int, ...]
    function: str = ""

    def __call__(self, x: Array) -> Array:
        """Values of samples of shape (m, n). Shape (m,)."""
        value: Array = np.asarray(np.prod(x[:, list(self.columns)], axis=1), np.float64)
        match self.function:
            case "cos":
                value = np.cos(value)
            case "sin":
                value = np.sin(value)
        return value

    def text(self, names: Sequence[str]) -> str:
        """As a person writes it."""
        if self.function:
            return f"{self.function}({names[self.columns[0]]})"
        if len(self.columns) == 2 and self.columns[0] == self.columns[1]:
            return f"{names[self.columns[0]]}^2"
        return " ".join(names[column] for column in self.columns)


@dataclass(frozen=True)
class Found:
    """A combination of terms that vanishes: sum_k coefficient_k term_k(x) = 0.

    Parameters
    ----------
    terms : tuple of Term
    coefficients : ndarray, shape (terms,)
        In units of the features; the largest of those that multiply features is 1.
    scale : float
        The largest root mean square of a term with its coefficient: what residuals are divided by.
    degree : int
        1 for a linear constraint.
    blur : float
        RMS residual where it was fitted: coefficients are written no finer.
    """

    terms: tuple[Term, ...]
    coefficients: Array
    scale: float
    degree: int
    blur: float = 0.0

    def residual(self, x: Array) -> Array:
        """Deviation of samples from the constraint, relative to its scale. Shape (m,)."""
        total = sum(c * term(x) for c, term in zip(self.coefficients, self.terms, strict=True))
        return np.asarray(total, np.float64) / self.scale

    def rms(self, x: Array) -> float:
        """Root mean square of the residual over samples."""
        return float(np.sqrt(np.mean(self.residual(x) ** 2)))

    def formula(self, names: Sequence[str]) -> str:
        """As a person writes it, constants at the right, e.g. ``px1 + px2 = 0``."""
        left, right = [], 0.0
        for value, term in zip(self._whole(), self.terms, strict=True):
            if not term.columns:
                right -= value
                continue
            size = _plain(abs(value), self.blur)
            body = term.text(names) if size == "1" else f"{size} {term.text(names)}"
            left.append(("- " if value < 0 else "+ ") + body)
        text = " ".join(left)
        text = text[2:] if text.startswith("+ ") else "-" + text[2:]
        return f"{text} = {_plain(right, self.blur)}"

    def _whole(self) -> Array:
        """The coefficients, times the least number that makes those of features whole, if any."""
        of_features = self.coefficients[[bool(term.columns) for term in self.terms]]
        for factor in range(1, LARGEST_FACTOR + 1):
            scaled = of_features * factor
            if np.all(np.abs(scaled - np.rint(scaled)) <= factor * max(1e-6, self.blur)):
                return self.coefficients * factor
        return self.coefficients


def find(x: Array, units: Sequence[str]) -> list[Found]:
    """Constraints that samples obey: linear ones, then quadratic ones in what is left free.

    Parameters
    ----------
    x : ndarray, shape (m, n)
        In their own units.
    units : sequence of str
        Of the features; of those in ``rad`` cosine and sine are terms too.

    Returns
    -------
    list of Found
        Linear ones first, each kind from few terms to many.
    """
    n = x.shape[1]
    one = Term(())
    linear = _sparse_null(x, [*(Term((i,)) for i in range(n)), one], degree=1)
    free = _free_columns(linear, n)
    if len(free) == 0:
        return linear
    terms = [one, *(Term((i,)) for i in free)]
    terms += [Term(pair) for pair in combinations_with_replacement(free, 2)]
    terms += [Term((i,), f) for i in free if units[i] == "rad" for f in ("cos", "sin")]
    if len(terms) > min(LARGEST_LIBRARY, len(x) // 4):
        return linear
    return linear + _sparse_null(x, terms, degree=2)


def _free_columns(linear: Sequence[Found], n: int) -> list[int]:
    """Features that are left when every linear constraint has been solved for one of its own."""
    matrix = np.zeros((len(linear), n))
    for row, found in enumerate(linear):
        for value, term in zip(found.coefficients, found.terms, strict=True):
            if term.columns:
                matrix[row, term.columns[0]] = value
    solved: set[int] = set()
    for row in range(len(matrix)):
        sizes = np.abs(matrix[row])
        column = int(np.flatnonzero(sizes > 0.5 * sizes.max())[-1])
        solved.add(column)
        for other in range(row + 1, len(matrix)):
            matrix[other] -= matrix[row] * matrix[other, column] / matrix[row, column]
    return [column for column in range(n) if column not in solved]


def _sparse_null(x: Array, terms: Sequence[Term], *, degree: int) -> list[Found]:
    """Sparsest independent combinations of terms that vanish on the samples."""
    library = np.stack([term(x) for term in terms], axis=1)
    scales = np.sqrt(np.mean(library**2, axis=0))
    present = scales > ROUNDING * scales.max(initial=0.0)
    used, absent = np.flatnonzero(present), [int(k) for k in np.flatnonzero(~present)]
    terms, library, scales = [terms[int(k)] for k in used], library[:, used], scales[used]
    zero = [Found((Term((k,)),), np.ones(1), 1.0, degree) for k in absent if degree == 1]
    _, singular, rows = np.linalg.svd(library / scales, full_matrices=False)
    relative = singular / np.sqrt(len(x))
    size = _null_size(relative)
    if size == 0:
        return zero
    null = rows[len(terms) - size :].T
    level = float(np.clip(10 * relative[-size], 1e-7, 0.05))
    chosen: list[Array] = []
    price = np.array([1.0 if term.columns else FREE for term in terms])
    for candidate in _candidates(null, level, library / scales, price):
        if np.linalg.matrix_rank(np.array([*chosen, candidate]), tol=1e-6) > len(chosen):
            chosen.append(candidate)
        if len(chosen) == size:
            break
    return zero + [_found(vector, terms, library, scales, degree) for vector in chosen]


def _null_size(relative: Array) -> int:
    """How many of the descending relative singular values belong to constraints.

    Those behind the widest gap below TOLERANCE; none where no gap is GAP wide.
    """
    values = np.maximum(relative, ROUNDING)
    ratios = values[:-1] / values[1:]
    allowed = values[1:] < TOLERANCE
    if not allowed.any():
        return 0
    widest = int(np.argmax(np.where(allowed, ratios, 0.0)))
    return len(values) - 1 - widest if ratios[widest] > GAP else 0


def _candidates(null: Array, level: float, library: Array, price: Array) -> list[Array]:
    """For every term, the sparsest vector of the null space that has it, from few terms to many.

    ``price`` is what each term costs.
    """
    count, size = null.shape
    found = []
    cost = np.concatenate([np.zeros(size), price])
    bounds = [(None, None)] * size + [(0.0, None)] * count
    above = np.hstack([null, -np.eye(count)])
    below = np.hstack([-null, -np.eye(count)])
    for term in range(count):
        if np.linalg.norm(null[term]) < level:
            continue
        held = np.concatenate([null[term], np.zeros(count)])[None, :]
        solved = linprog(
            cost, np.vstack([above, below]), np.zeros(2 * count), held, [1.0], bounds, "highs"
        )
        if solved.x is None:
            continue
        vector = null @ solved.x[:size]
        support = np.flatnonzero(np.abs(vector) > level * np.abs(vector).max())
        _, _, rows = np.linalg.svd(library[:, support], full_matrices=False)
        refined = np.zeros(count)
        refined[support] = rows[-1]
        found.append(refined)
    order = [
        (float(price[v != 0].sum()), float(np.linalg.norm(library @ v)), k)
        for k, v in enumerate(found)
    ]
    return [found[k] for _, _, k in sorted(order)]


def _found(
    vector: Array, terms: Sequence[Term], library: Array, scales: Array, degree: int
) -> Found:
    """The constraint of a vector of scaled coefficients."""
    support = np.flatnonzero(vector)
    coefficients = vector[support] / scales[support]
    own = [terms[int(k)] for k in support]
    lead = max(
        (k for k, term in enumerate(own) if term.columns), key=lambda k: abs(vector[support[k]])
    )
    first = next(k for k, term in enumerate(own) if term.columns)
    coefficients = coefficients / abs(coefficients[lead]) * np.sign(coefficients[first])
    sizes = np.abs(coefficients) * np.sqrt(np.mean(library[:, support] ** 2, axis=0))
    residual = library[:, support] @ coefficients / sizes.max()
    blur = float(np.sqrt(np.mean(residual**2)))
    return Found(tuple(own), coefficients, float(sizes.max()), degree, blur)


def _plain(value: float, blur: float) -> str:
    """A number to the digits that are known, whole where it is within them."""
    level = max(1e-6, blur)
    if abs(value - round(value)) <= level * max(abs(value), 1.0):
        value = round(value) + 0.0
    digits = int(np.clip(np.ceil(-np.log10(level)), 2, 6))
    return f"{value:.{digits}g}"
