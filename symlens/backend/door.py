"""Compiled functions and gradients on the active Keras backend (TensorFlow or JAX).

``keras.ops`` has no gradients of its own; everything that depends on the backend is behind this
door, everything else is written against ``keras.ops``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Protocol, cast

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from symlens.errors import ConfigError

BACKENDS = ("tensorflow", "jax")

Tensor = Any  # a tensor of the active backend
ValueAndGradient = Callable[..., tuple[float, tuple[NDArray[Any], ...]]]


class Driver(Protocol):
    """What a backend provides."""

    def tensor(self, array: ArrayLike) -> Tensor:
        """Tensor of the backend with the array's own dtype."""

    def compiled(self, function: Callable[..., Any], *, xla: bool) -> Callable[..., Any]:
        """Compiled function of (nested sequences of) tensors; traced once per set of shapes."""

    def compiled_any_shape(self, function: Callable[..., Any], *, xla: bool) -> Callable[..., Any]:
        """Compiled function of tensors; new shapes of the same ranks must not trace it again."""

    def gradients(
        self, function: Callable[..., Tensor], variables: Sequence[Tensor], constants: Sequence[Any]
    ) -> tuple[Tensor, Sequence[Tensor]]:
        """``function(*variables, *constants)`` and its gradients; inside a compiled function."""

    def split_gradients(
        self,
        function: Callable[[Sequence[Tensor], Sequence[Tensor]], tuple[Tensor, Tensor, Any]],
        first: Sequence[Tensor],
        second: Sequence[Tensor],
    ) -> tuple[Any, Sequence[Tensor], Sequence[Tensor]]:
        """See :func:`split_gradients`."""


def driver() -> Driver:
    """The driver of the active Keras backend.

    Raises
    ------
    ConfigError
        If symlens does not support the backend.
    """
    name = keras.backend.backend()
    if name not in BACKENDS:
        allowed = " or ".join(BACKENDS)
        raise ConfigError([f"KERAS_BACKEND: '{name}' is not supported; set it to {allowed}"])
    return cast("Driver", import_module(f"symlens.backend.{name}_driver"))


def tensor(array: ArrayLike) -> Tensor:
    """Tensor of the active backend; convert once what is passed to many calls."""
    return driver().tensor(array)


def compiled(function: Callable[..., Any], *, xla: bool = False) -> Callable[..., Any]:
    """Compile a pure function of (nested sequences of) tensors, traced once per set of shapes.

    Parameters
    ----------
    function : callable
    xla : bool
        Compile with XLA on TensorFlow; JAX always does.
    """
    return driver().compiled(function, xla=xla)


def split_gradients(
    function: Callable[[Sequence[Tensor], Sequence[Tensor]], tuple[Tensor, Tensor, Any]],
    first: Sequence[Tensor],
    second: Sequence[Tensor],
) -> tuple[Any, Sequence[Tensor], Sequence[Tensor]]:
    """Two losses of one forward pass, each differentiated by its own variables only.

    For use inside a function given to :func:`compiled`.

    Parameters
    ----------
    function : callable
        ``function(first, second) -> (loss_of_first, loss_of_second, extra)``.
    first, second : sequence of tensors

    Returns
    -------
    extra : whatever ``function`` returned third
    first_gradients : d loss_of_first / d first
    second_gradients : d loss_of_second / d second
    """
    return driver().split_gradients(function, first, second)


def value_and_gradient(
    function: Callable[..., Tensor], *, n_variables: int = 1, xla: bool = False
) -> ValueAndGradient:
    """Compile a scalar function together with its gradient, for optimisers on plain arrays.

    On TensorFlow every dimension is unknown while the function is traced: a call with another
    number of samples or features does not trace it again. So inside it take sizes from
    ``keras.ops.shape``, not from ``.shape``. On JAX a new shape compiles anew.

    Parameters
    ----------
    function : callable
        ``function(*variables, *constants) -> scalar tensor``, written against ``keras.ops``.
    n_variables : int
        How many of the leading arguments are differentiated.
    xla : bool
        Compile with XLA on TensorFlow (then a new shape compiles anew); JAX always does.

    Returns
    -------
    callable
        ``call(*variables, *constants) -> (value, gradients)``: arrays (or results of
        :func:`tensor`) in; a float and a tuple of n_variables ndarrays of the variables' shapes
        and dtypes out.
    """
    door = driver()

    def differentiated(*arguments: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        variables, constants = arguments[:n_variables], arguments[n_variables:]
        value, gradients = door.gradients(function, variables, constants)
        return value, tuple(gradients)

    call = door.compiled_any_shape(differentiated, xla=xla)

    def value_and_gradients(*arguments: Any) -> tuple[float, tuple[NDArray[Any], ...]]:
        value, gradients = call(*arguments)
        return float(value), tuple(np.asarray(gradient) for gradient in gradients)

    return value_and_gradients
