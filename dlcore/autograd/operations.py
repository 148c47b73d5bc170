"""The primitive operations: each one's value, vjp and jvp side by side.

In every rule `g` is the gradient of the final result with respect to the rule's output, and `dx`
the tangent of the operand `x`. Everything else the engine offers is built from these (see
`arithmetic.py`).
"""

import torch
from torch import Tensor

from dlcore.autograd.operation import operation, unbroadcast

Dim = int | tuple[int, ...] | None


@operation
def add(x: Tensor, y: Tensor):
    """Sum of two operands, broadcast against each other."""
    return (
        x + y,
        lambda g: (unbroadcast(g, x.shape), unbroadcast(g, y.shape)),
        lambda dx, dy: dx + dy,
    )


@operation
def subtract(x: Tensor, y: Tensor):
    """Difference of two operands, broadcast against each other."""
    return (
        x - y,
        lambda g: (unbroadcast(g, x.shape), unbroadcast(-g, y.shape)),
        lambda dx, dy: dx - dy,
    )


@operation
def multiply(x: Tensor, y: Tensor):
    """Elementwise product of two operands, broadcast against each other."""
    return (
        x * y,
        lambda g: (unbroadcast(g * y, x.shape), unbroadcast(g * x, y.shape)),
        lambda dx, dy: dx * y + x * dy,
    )


@operation
def divide(x: Tensor, y: Tensor):
    """Elementwise quotient of two operands, broadcast against each other."""
    z = x / y
    return (
        z,
        lambda g: (unbroadcast(g / y, x.shape), unbroadcast(-g * z / y, y.shape)),
        lambda dx, dy: (dx - z * dy) / y,
    )


@operation
def negative(x: Tensor):
    """The operand with its sign changed."""
    return -x, lambda g: -g, lambda dx: -dx


@operation
def power(x: Tensor, *, exponent: int | float):
    """Operand to the power of a constant number."""
    slope = exponent * x ** (exponent - 1) if exponent != 0 else torch.zeros_like(x)
    return x**exponent, lambda g: g * slope, lambda dx: dx * slope


@operation
def exp(x: Tensor):
    """Exponential function."""
    y = torch.exp(x)
    return y, lambda g: g * y, lambda dx: dx * y


@operation
def log(x: Tensor):
    """Natural logarithm."""
    return torch.log(x), lambda g: g / x, lambda dx: dx / x


@operation
def sin(x: Tensor):
    """Sine."""
    slope = torch.cos(x)
    return torch.sin(x), lambda g: g * slope, lambda dx: dx * slope


@operation
def cos(x: Tensor):
    """Cosine."""
    slope = -torch.sin(x)
    return torch.cos(x), lambda g: g * slope, lambda dx: dx * slope


@operation
def tanh(x: Tensor):
    """Hyperbolic tangent."""
    y = torch.tanh(x)
    slope = 1 - y**2
    return y, lambda g: g * slope, lambda dx: dx * slope


@operation
def sigmoid(x: Tensor):
    """Logistic function."""
    y = torch.sigmoid(x)
    slope = y * (1 - y)
    return y, lambda g: g * slope, lambda dx: dx * slope


@operation
def erf(x: Tensor):
    """Gauss error function."""
    slope = 2 / torch.pi**0.5 * torch.exp(-(x**2))
    return torch.erf(x), lambda g: g * slope, lambda dx: dx * slope


@operation
def relu(x: Tensor):
    """Positive part; the slope at zero is taken to be zero."""
    slope = (x > 0).to(x.dtype)
    return torch.relu(x), lambda g: g * slope, lambda dx: dx * slope


@operation
def maximum(x: Tensor, y: Tensor):
    """The larger of two operands; where they are equal each gets half of the gradient."""
    z = torch.maximum(x, y)
    share = (x > y).to(z.dtype) + (x == y).to(z.dtype) / 2
    return (
        z,
        lambda g: (unbroadcast(g * share, x.shape), unbroadcast(g * (1 - share), y.shape)),
        lambda dx, dy: share * dx + (1 - share) * dy,
    )


@operation
def where(condition: Tensor, x: Tensor, y: Tensor):
    """`x` where the condition holds, else `y`."""

    def vjp(g):
        from_x, from_y = torch.where(condition, g, 0), torch.where(condition, 0, g)
        return None, unbroadcast(from_x, x.shape), unbroadcast(from_y, y.shape)

    return torch.where(condition, x, y), vjp, lambda _, dx, dy: torch.where(condition, dx, dy)


@operation
def matmul(x: Tensor, y: Tensor):
    """Matrix product: of vectors, matrices, or batches of matrices, as `torch.matmul`."""
    X = x[None, :] if x.ndim == 1 else x
    Y = y[:, None] if y.ndim == 1 else y
    Z = X @ Y

    def vjp(g):
        G = g.reshape(Z.shape)
        from_x, from_y = unbroadcast(G @ Y.mT, X.shape), unbroadcast(X.mT @ G, Y.shape)
        return from_x.reshape(x.shape), from_y.reshape(y.shape)

    return x @ y, vjp, lambda dx, dy: dx @ y + x @ dy


@operation
def sum(x: Tensor, *, dim: Dim = None, keepdim: bool = False):  # noqa: A001 (torch's name)
    """Sum over the given dimensions, or over all."""
    kept = shape_with_ones(x, dim)
    return (
        x.sum(dim, keepdim),
        lambda g: g.reshape(kept).expand(x.shape),
        lambda dx: dx.sum(dim, keepdim),
    )


@operation
def amax(x: Tensor, *, dim: Dim = None, keepdim: bool = False):
    """Maximum over the given dimensions, or over all; equal maxima share the gradient."""
    dims = () if dim is None else dim
    y = torch.amax(x, dims, keepdim=True)
    share = (x == y).to(x.dtype)
    share = share / share.sum(dim, keepdim=True)
    return (
        torch.amax(x, dims, keepdim),
        lambda g: share * g.reshape(y.shape),
        lambda dx: (share * dx).sum(dim, keepdim),
    )


@operation
def reshape(x: Tensor, *, shape: tuple[int, ...]):
    """The same numbers in another shape."""
    return x.reshape(shape), lambda g: g.reshape(x.shape), lambda dx: dx.reshape(shape)


@operation
def transpose(x: Tensor, *, dim0: int, dim1: int):
    """Two dimensions exchanged."""
    return (
        x.transpose(dim0, dim1),
        lambda g: g.transpose(dim0, dim1),
        lambda dx: dx.transpose(dim0, dim1),
    )


@operation
def index(x: Tensor, *, key):
    """The elements that `x[key]` selects; one selected twice gets both gradients."""
    positions = torch.arange(x.numel(), device=x.device).reshape(x.shape)[key]

    def vjp(g):
        from_x = torch.zeros(x.numel(), dtype=g.dtype, device=g.device)
        return from_x.index_add(0, positions.flatten(), g.flatten()).reshape(x.shape)

    return x[key], vjp, lambda dx: dx[key]


@operation
def join(*tensors: Tensor, dim: int):
    """Operands one after another along a dimension."""
    sizes = [x.shape[dim] for x in tensors]
    return (
        torch.cat(tensors, dim),
        lambda g: torch.split(g, sizes, dim),
        lambda *tangents: torch.cat(tangents, dim),
    )


def shape_with_ones(x: Tensor, dim: Dim) -> list[int]:
    """Shape of a reduction that keeps the reduced dimensions with size one."""
    if dim is None or dim == ():
        return [1] * x.ndim
    reduced = {d % max(x.ndim, 1) for d in ((dim,) if isinstance(dim, int) else dim)}
    return [1 if i in reduced else n for i, n in enumerate(x.shape)]
