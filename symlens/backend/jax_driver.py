"""The JAX driver: value_and_grad, vjp and jit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from numpy.typing import ArrayLike

Tensor = Any


def tensor(array: ArrayLike) -> Tensor:
    """Tensor with the array's own dtype."""
    with jax.enable_x64(True):
        return jax.numpy.asarray(array)


def compiled(function: Callable[..., Any], *, xla: bool) -> Callable[..., Any]:
    """Compiled function, traced once per set of shapes; ``xla`` is always on."""
    del xla
    jitted = jax.jit(function)

    def call(*arguments: Any) -> Any:
        # Without this JAX would quietly narrow double precision to single.
        double = any(np.dtype(leaf.dtype) == np.float64 for leaf in _arrays(arguments))
        with jax.enable_x64(double):
            return jitted(*arguments)

    return call


compiled_any_shape = compiled


def gradients(
    function: Callable[..., Tensor], variables: Sequence[Tensor], constants: Sequence[Any]
) -> tuple[Tensor, Sequence[Tensor]]:
    """Value and gradients by the variables (zero where the value does not depend on one)."""
    by = tuple(range(len(variables)))
    value, found = jax.value_and_grad(function, argnums=by)(*variables, *constants)
    return value, found


def split_gradients(
    function: Callable[[Sequence[Tensor], Sequence[Tensor]], tuple[Tensor, Tensor, Any]],
    first: Sequence[Tensor],
    second: Sequence[Tensor],
) -> tuple[Any, Sequence[Tensor], Sequence[Tensor]]:
    """Two losses of one forward pass, each differentiated by its own variables only."""

    def losses(first: Sequence[Tensor], second: Sequence[Tensor]) -> tuple[Any, Any]:
        loss_of_first, loss_of_second, extra = function(first, second)
        return (loss_of_first, loss_of_second), extra

    (one, other), pull, extra = jax.vjp(losses, list(first), list(second), has_aux=True)
    unit, zero = jax.numpy.ones_like(one), jax.numpy.zeros_like(other)
    first_gradients, _ = pull((unit, zero))
    _, second_gradients = pull((zero, unit))
    return extra, first_gradients, second_gradients


def _arrays(arguments: Any) -> list[Any]:
    return [leaf for leaf in jax.tree_util.tree_leaves(arguments) if hasattr(leaf, "dtype")]
