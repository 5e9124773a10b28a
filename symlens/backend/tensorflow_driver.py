"""The TensorFlow driver: GradientTape and tf.function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf
from numpy.typing import ArrayLike

Tensor = Any


def tensor(array: ArrayLike) -> Tensor:
    """Tensor with the array's own dtype."""
    return tf.convert_to_tensor(array)


def compiled(function: Callable[..., Any], *, xla: bool) -> Callable[..., Any]:
    """Graph of a function, traced once per set of shapes."""
    call: Callable[..., Any] = tf.function(function, jit_compile=xla, autograph=False)
    return call


def compiled_any_shape(function: Callable[..., Any], *, xla: bool) -> Callable[..., Any]:
    """Graph of a function of tensors, traced once per set of ranks and dtypes."""
    traced: dict[tuple[Any, ...], Callable[..., Any]] = {}

    def call(*arguments: Any) -> Any:
        tensors = [tf.convert_to_tensor(argument) for argument in arguments]
        key = tuple((len(each.shape), each.dtype) for each in tensors)
        if key not in traced:
            signature = [tf.TensorSpec([None] * rank, dtype) for rank, dtype in key]
            traced[key] = tf.function(
                function, input_signature=signature, jit_compile=xla, autograph=False
            )
        return traced[key](*tensors)

    return call


def gradients(
    function: Callable[..., Tensor], variables: Sequence[Tensor], constants: Sequence[Any]
) -> tuple[Tensor, Sequence[Tensor]]:
    """Value and gradients by the variables (zero where the value does not depend on one)."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(variables)
        value = function(*variables, *constants)
    return value, _by(tape, value, variables)


def split_gradients(
    function: Callable[[Sequence[Tensor], Sequence[Tensor]], tuple[Tensor, Tensor, Any]],
    first: Sequence[Tensor],
    second: Sequence[Tensor],
) -> tuple[Any, Sequence[Tensor], Sequence[Tensor]]:
    """Two losses of one forward pass, each differentiated by its own variables only."""
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch([*first, *second])
        loss_of_first, loss_of_second, extra = function(first, second)
    return extra, _by(tape, loss_of_first, first), _by(tape, loss_of_second, second)


def _by(tape: Any, value: Tensor, variables: Sequence[Tensor]) -> Sequence[Tensor]:
    found: Sequence[Tensor] = tape.gradient(
        value, list(variables), unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return found
