"""The two modes side by side: what one pass of each gives, and what a whole Jacobian costs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from dlcore.autograd.dual import Dual
from dlcore.autograd.operation import floating
from dlcore.autograd.value import Value

Function = Callable[[Any], Any]


class JacobianAndCost(NamedTuple):
    """A Jacobian and what it took to compute it.

    Attributes:
        jacobian: derivatives, shape of the output followed by shape of the input.
        forward_passes: how many times the function was evaluated.
        backward_passes: how many times its graph was walked backwards.
    """

    jacobian: Tensor
    forward_passes: int
    backward_passes: int


def forward_mode(f: Function, x: Any, v: Any) -> tuple[Tensor, Tensor]:
    """Value of a function and its derivative in one direction, in a single forward pass.

    Args:
        f: function of one operand, written with the operators and methods of `torch.Tensor`.
        x: where, any shape.
        v: the direction, of the same shape.

    Returns:
        The value and the Jacobian-vector product, both of the output's shape.

    Raises:
        TypeError: `f` returns neither a `Dual` nor a tensor, or `x` is not real numbers.
        ValueError: `v` has another shape than `x`.

    Equation: :eq:`eq-jvp`
    Section: :ref:`sec-computational-graph`
    Source: Griewank and Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, section 3.1.

    Example:
        >>> forward_mode(lambda x: (x**2).sum(), [1.0, 2.0], [1.0, 0.0])
        (tensor(5.), tensor(2.))

    In production: torch.func.jvp.
    """
    y = _result(f(Dual(x, v)), Dual)
    return y.data, y.tangent


def reverse_mode(f: Function, x: Any, g: Any = None) -> tuple[Tensor, Tensor]:
    """Value of a function and its gradient, in one forward and one backward pass.

    Args:
        f: function of one operand, written with the operators and methods of `torch.Tensor`.
        x: where, any shape.
        g: weights of the outputs, of the output's shape; may be left out for a single output.

    Returns:
        The value, of the output's shape, and the vector-Jacobian product, of the shape of `x`.

    Raises:
        TypeError: `f` returns neither a `Value` nor a tensor, or `x` is not real numbers.
        ValueError: `g` is missing or has another shape than the output.

    Equation: :eq:`eq-vjp`
    Section: :ref:`sec-computational-graph`
    Source: Griewank and Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, section 3.2.

    Example:
        >>> reverse_mode(lambda x: (x**2).sum(), [1.0, 2.0])
        (tensor(5.), tensor([2., 4.]))

    In production: torch.func.vjp.
    """
    start = Value(x)
    y = _result(f(start), Value)
    y.backward(g)
    return y.data, _gradient(start)


def jacobian_by_forward_mode(f: Function, x: Any) -> JacobianAndCost:
    """Jacobian column by column: one forward pass for each input.

    Args:
        f: function of one operand, written with the operators and methods of `torch.Tensor`.
        x: where, any shape.

    Returns:
        The Jacobian, as many forward passes as `x` has numbers, and no backward pass.

    Raises:
        TypeError: `f` returns neither a `Dual` nor a tensor, or `x` is not real numbers.

    Equation: :eq:`eq-jvp`
    Section: :ref:`sec-computational-graph`

    Example:
        >>> jacobian_by_forward_mode(lambda x: x.sum(), torch.zeros(5)).forward_passes
        5

    In production: torch.func.jacfwd.
    """
    x = floating(x, "jacobian_by_forward_mode")
    if x.numel() == 0:
        y = _result(f(Dual(x)), Dual).data
        return JacobianAndCost(y.new_zeros((*y.shape, *x.shape)), 1, 0)
    columns = [forward_mode(f, x, e.reshape(x.shape))[1] for e in _unit_vectors(x)]
    jacobian = torch.stack(columns, dim=-1).reshape((*columns[0].shape, *x.shape))
    return JacobianAndCost(jacobian, len(columns), 0)


def jacobian_by_reverse_mode(f: Function, x: Any) -> JacobianAndCost:
    """Jacobian row by row: one forward pass, then one backward pass for each output.

    Args:
        f: function of one operand, written with the operators and methods of `torch.Tensor`.
        x: where, any shape.

    Returns:
        The Jacobian, one forward pass, and as many backward passes as there are outputs.

    Raises:
        TypeError: `f` returns neither a `Value` nor a tensor, or `x` is not real numbers.

    Equation: :eq:`eq-vjp`
    Section: :ref:`sec-computational-graph`

    Example:
        >>> jacobian_by_reverse_mode(lambda x: x.sum(), torch.zeros(5)).backward_passes
        1

    In production: torch.func.jacrev.
    """
    start = Value(x)
    y = _result(f(start), Value)
    jacobian = y.data.new_zeros((y.data.numel(), *start.shape))
    for row, e in zip(jacobian, _unit_vectors(y.data), strict=True):
        start.zero_grad()
        y.backward(e.reshape(y.shape))
        row.copy_(_gradient(start))
    return JacobianAndCost(jacobian.reshape((*y.shape, *start.shape)), 1, y.data.numel())


def _result(y: Any, kind: type) -> Any:
    """What a function returned, a constant wrapped."""
    if not isinstance(y, kind | Tensor):
        raise TypeError(f"f must return a {kind.__name__} or a tensor, got {type(y).__name__}")
    return y if isinstance(y, kind) else kind(y)


def _gradient(start: Value) -> Tensor:
    return torch.zeros_like(start.data) if start.grad is None else start.grad


def _unit_vectors(x: Tensor) -> Tensor:
    return torch.eye(x.numel(), dtype=x.dtype, device=x.device)
