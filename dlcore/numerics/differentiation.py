"""Jacobians, and products with them that never form the matrix."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def vjp(
    f: Callable[[Tensor], Tensor], x: Float[Tensor, "*x"], g: Float[Tensor, "*y"]
) -> tuple[Float[Tensor, "*y"], Float[Tensor, "*x"]]:
    r"""Value of a function and the vector-Jacobian product $g^\top J$: one backward pass.

    Args:
        f: function of torch operations, from a tensor like `x` to a tensor.
        x: where, any shape.
        g: weights of the outputs, of the output's shape.

    Returns:
        $f(x)$, and the product, of the shape of `x`.

    Raises:
        TypeError: `x` is no floating-point tensor, or `f` returns no tensor.
        ValueError: `g` has another shape than the output.

    Equation: :eq:`eq-vjp`
    Section: :ref:`sec-chain-rule`

    Example:
        >>> vjp(lambda x: x**2, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 1.0]))[1]
        tensor([2., 4.])

    In production: torch.func.vjp.
    """
    start, y = record("vjp", f, x)
    require_floating("vjp's g", g)
    if g.shape != y.shape:
        raise ValueError(
            f"g must have the shape of the output, {tuple(y.shape)}, got {tuple(g.shape)}"
        )
    return y.detach(), pull_back(y, start, g.to(y)).detach()


def jvp(
    f: Callable[[Tensor], Tensor], x: Float[Tensor, "*x"], v: Float[Tensor, "*x"]
) -> tuple[Float[Tensor, "*y"], Float[Tensor, "*y"]]:
    r"""Value of a function and the Jacobian-vector product $Jv$, by two backward passes.

    The map $u \mapsto u^\top J$ is linear, so that its own vector-Jacobian product with $v$ is
    $Jv$. (Forward mode, `dlcore.autograd.forward_mode`, gives the same in one forward pass.)

    Args:
        f: function of torch operations, differentiable twice, from a tensor like `x` to a tensor.
        x: where, any shape.
        v: the direction, of the same shape.

    Returns:
        $f(x)$ and the product, both of the output's shape.

    Raises:
        TypeError: `x` is no floating-point tensor, or `f` returns no tensor.
        ValueError: `v` has another shape than `x`.

    Equation: :eq:`eq-jvp`
    Section: :ref:`sec-chain-rule`

    Example:
        >>> jvp(lambda x: x**2, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0]))[1]
        tensor([2., 0.])

    In production: torch.func.jvp.
    """
    start, y = record("jvp", f, x)
    require_floating("jvp's v", v)
    if v.shape != x.shape:
        raise ValueError(f"v must have the shape of x, {tuple(x.shape)}, got {tuple(v.shape)}")
    u = torch.zeros_like(y).requires_grad_()
    with torch.enable_grad():
        product = pull_back(y, start, u, differentiable=True)
    return y.detach(), pull_back(product, u, v.to(x)).detach()


def jacobian(f: Callable[[Tensor], Tensor], x: Float[Tensor, "*x"]) -> Float[Tensor, "..."]:
    """All derivatives of all outputs, one backward pass for each output.

    Args:
        f: function of torch operations, from a tensor like `x` to a tensor.
        x: where, any shape.

    Returns:
        The Jacobian, its shape that of the output followed by that of `x`.

    Raises:
        TypeError: `x` is no floating-point tensor, or `f` returns no tensor.

    Equation: :eq:`eq-jacobian`
    Section: :ref:`sec-chain-rule`

    Example:
        >>> jacobian(lambda x: (x**2 + 1) ** 3, torch.tensor([1.0, 2.0]))
        tensor([[ 24.,   0.],
                [  0., 300.]])

    In production: torch.func.jacrev.
    """
    start, y = record("jacobian", f, x)
    rows = torch.zeros((y.numel(), *x.shape), dtype=x.dtype, device=x.device)
    for row, e in zip(rows, torch.eye(y.numel(), dtype=y.dtype, device=y.device), strict=True):
        row.copy_(pull_back(y, start, e.reshape(y.shape), keep_graph=True))
    return rows.reshape((*y.shape, *x.shape))


def record(name: str, f: Callable, x: Tensor) -> tuple[Tensor, Tensor]:
    """A fresh leaf with the numbers of x, and f of it, recorded by torch."""
    require_floating(name, x)
    start = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        y = f(start)
    if not isinstance(y, Tensor) or not y.is_floating_point():
        kind = y.dtype if isinstance(y, Tensor) else type(y).__name__
        raise TypeError(f"{name}: f must return a floating-point tensor, got {kind}")
    return start, y


def pull_back(
    y: Tensor, x: Tensor, g: Tensor, *, differentiable: bool = False, keep_graph: bool = False
) -> Tensor:
    """One backward pass; zero where y does not depend on x."""
    if not y.requires_grad:
        return torch.zeros_like(x)
    (product,) = torch.autograd.grad(
        y,
        x,
        g,
        create_graph=differentiable,
        retain_graph=keep_graph or differentiable,
        allow_unused=True,
        materialize_grads=True,
    )
    return product


def require_floating(name: str, x: Tensor) -> None:
    """Refuse numbers that derivatives with respect to make no sense for."""
    if not isinstance(x, Tensor) or not x.is_floating_point():
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"{name} needs a floating-point tensor, got {kind}: use x.double()")
