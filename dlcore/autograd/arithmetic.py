"""Operators and methods under the names of `torch.Tensor`, shared by `Value` and `Dual`.

A function written with them runs unchanged on a tensor, a `Value` and a `Dual`. A method of one
line calls its primitive; one of several is derived from primitives and needs no rule of its own.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from dlcore.autograd import operations
from dlcore.autograd.operation import Operand, Self
from dlcore.autograd.operations import Dim


class Arithmetic(Operand):
    """What can be computed with a `Value` or a `Dual`."""

    __array_ufunc__ = None  # so that `array * value` comes to `__rmul__`, not elementwise to numpy

    def __add__(self, other: Any) -> Self:
        return operations.add(self, other)

    def __radd__(self, other: Any) -> Self:
        return operations.add(other, self)

    def __sub__(self, other: Any) -> Self:
        return operations.subtract(self, other)

    def __rsub__(self, other: Any) -> Self:
        return operations.subtract(other, self)

    def __mul__(self, other: Any) -> Self:
        return operations.multiply(self, other)

    def __rmul__(self, other: Any) -> Self:
        return operations.multiply(other, self)

    def __truediv__(self, other: Any) -> Self:
        return operations.divide(self, other)

    def __rtruediv__(self, other: Any) -> Self:
        return operations.divide(other, self)

    def __matmul__(self, other: Any) -> Self:
        return operations.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Self:
        return operations.matmul(other, self)

    def __neg__(self) -> Self:
        return operations.negative(self)

    def __pow__(self, exponent: Any) -> Self:
        """Power; a base with an exponent that is not a plain number must be positive."""
        if isinstance(exponent, int | float):
            return operations.power(self, exponent=exponent)
        return operations.exp(exponent * self.log())

    def __rpow__(self, base: Any) -> Self:
        return operations.exp(self * torch.as_tensor(base, dtype=self.dtype).log())

    def __getitem__(self, key: Any) -> Self:
        return operations.index(self, key=key)

    def __setitem__(self, key: Any, new: Any) -> None:
        raise TypeError(
            f"a {type(self).__name__} cannot be changed in place: "
            "build a new one with where() or concatenate()"
        )

    def __gt__(self, other: Any) -> Tensor:
        return self.data > numbers_of(other)

    def __ge__(self, other: Any) -> Tensor:
        return self.data >= numbers_of(other)

    def __lt__(self, other: Any) -> Tensor:
        return self.data < numbers_of(other)

    def __le__(self, other: Any) -> Tensor:
        return self.data <= numbers_of(other)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __float__(self) -> float:
        return self.item()

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Self]:
        return (self[i] for i in range(len(self)))

    @property
    def shape(self) -> torch.Size:
        """Size of every dimension."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return self.data.ndim

    @property
    def dtype(self) -> torch.dtype:
        """Floating-point format of the numbers."""
        return self.data.dtype

    @property
    def device(self) -> torch.device:
        """Where the numbers are stored."""
        return self.data.device

    def item(self) -> float:
        """The only number as a Python float."""
        return float(self.data.item())

    def exp(self) -> Self:
        """Exponential function."""
        return operations.exp(self)

    def log(self) -> Self:
        """Natural logarithm."""
        return operations.log(self)

    def sin(self) -> Self:
        """Sine."""
        return operations.sin(self)

    def cos(self) -> Self:
        """Cosine."""
        return operations.cos(self)

    def tanh(self) -> Self:
        """Hyperbolic tangent."""
        return operations.tanh(self)

    def sigmoid(self) -> Self:
        """Logistic function."""
        return operations.sigmoid(self)

    def erf(self) -> Self:
        """Gauss error function."""
        return operations.erf(self)

    def relu(self) -> Self:
        """Positive part, with slope zero at zero."""
        return operations.relu(self)

    def sqrt(self) -> Self:
        """Square root."""
        return self**0.5

    def square(self) -> Self:
        """Square."""
        return self**2

    def abs(self) -> Self:
        """Absolute value, with slope zero at zero."""
        return operations.maximum(self, -self)

    def maximum(self, other: Any) -> Self:
        """The larger of this and another, elementwise."""
        return operations.maximum(self, other)

    def minimum(self, other: Any) -> Self:
        """The smaller of this and another, elementwise."""
        return -operations.maximum(-self, -other)

    def where(self, condition: Tensor, other: Any) -> Self:
        """This where the condition holds, else another."""
        return operations.where(condition, self, other)

    def sum(self, dim: Dim = None, keepdim: bool = False) -> Self:
        """Sum over the given dimensions, or over all."""
        return operations.sum(self, dim=dim, keepdim=keepdim)

    def mean(self, dim: Dim = None, keepdim: bool = False) -> Self:
        """Mean over the given dimensions, or over all."""
        total = self.sum(dim, keepdim)
        return total / (self.data.numel() / max(1, total.data.numel()))

    def amax(self, dim: Dim = None, keepdim: bool = False) -> Self:
        """Maximum over the given dimensions, or over all; equal maxima share the gradient."""
        return operations.amax(self, dim=dim, keepdim=keepdim)

    def amin(self, dim: Dim = None, keepdim: bool = False) -> Self:
        """Minimum over the given dimensions, or over all; equal minima share the gradient."""
        return -(-self).amax(dim, keepdim)

    def max(self, dim: Dim = None, keepdim: bool = False) -> Self:
        """The same as `amax`: only the values, unlike `torch.max` with a dimension."""
        return self.amax(dim, keepdim)

    def logsumexp(self, dim: Dim, keepdim: bool = False) -> Self:
        """Logarithm of the sum of exponentials, shifted by the maximum so as not to overflow."""
        shift = torch.amax(self.data, () if dim is None else dim, keepdim=True)
        shift = torch.where(shift.isfinite(), shift, 0.0)
        result = (self - shift).exp().sum(dim, keepdim=True).log() + shift
        return result if keepdim else result.sum(dim)

    def log_softmax(self, dim: int) -> Self:
        """Logarithms of the softmax probabilities along a dimension."""
        return self - self.logsumexp(dim, keepdim=True)

    def softmax(self, dim: int) -> Self:
        """Probabilities proportional to the exponentials, along a dimension."""
        return self.log_softmax(dim).exp()

    def reshape(self, *shape: int | Sequence[int]) -> Self:
        """The same numbers in another shape."""
        sizes = shape[0] if shape and not isinstance(shape[0], int) else shape
        return operations.reshape(self, shape=tuple(sizes))

    def transpose(self, dim0: int, dim1: int) -> Self:
        """Two dimensions exchanged."""
        return operations.transpose(self, dim0=dim0, dim1=dim1)

    @property
    def mT(self) -> Self:
        """The matrix, or each matrix of a batch, transposed."""
        return self.transpose(-2, -1)

    @property
    def T(self) -> Self:
        """The matrix transposed."""
        if self.ndim != 2:
            raise ValueError(f".T is for matrices, this has shape {tuple(self.shape)}: use .mT")
        return self.mT


def numbers_of(operand: Any) -> Any:
    """The tensor inside a `Value` or `Dual`; anything else as it is."""
    return operand.data if isinstance(operand, Operand) else operand


def concatenate(operands: Sequence[Any], dim: int = 0) -> Any:
    """Join tensors, `Value`s or `Dual`s along an existing dimension.

    Args:
        operands: at least one, alike in all sizes but that of `dim`.
        dim: the dimension, default 0.

    Returns:
        A `Value` or `Dual` if one of the operands is, else a tensor.

    Raises:
        ValueError: nothing to join, or the shapes do not fit.

    Section: :ref:`sec-computational-graph`

    Example:
        >>> concatenate([torch.zeros(2), torch.ones(1)])
        tensor([0., 0., 1.])

    In production: torch.cat.
    """
    if not operands:
        raise ValueError("concatenate needs at least one operand, got none")
    return operations.join(*operands, dim=dim)


def stack(operands: Sequence[Any], dim: int = 0) -> Any:
    """Join tensors, `Value`s or `Dual`s along a new dimension.

    Args:
        operands: at least one, all of the same shape.
        dim: the place of the new dimension, default 0.

    Returns:
        A `Value` or `Dual` if one of the operands is, else a tensor.

    Raises:
        ValueError: nothing to join, or the shapes differ.

    Section: :ref:`sec-computational-graph`

    Example:
        >>> stack([torch.zeros(2), torch.ones(2)])
        tensor([[0., 0.],
                [1., 1.]])

    In production: torch.stack.
    """
    if not operands:
        raise ValueError("stack needs at least one operand, got none")
    shapes = {tuple(operand.shape) for operand in operands}
    if len(shapes) > 1:
        raise ValueError(f"stack needs operands of one shape, got {sorted(shapes)}")
    shape = list(shapes.pop())
    shape.insert(dim % (len(shape) + 1), 1)
    return concatenate([operand.reshape(shape) for operand in operands], dim)
