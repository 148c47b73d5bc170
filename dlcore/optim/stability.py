"""The largest curvature of a cost, and the learning rates it allows."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.linalg import lanczos
from dlcore.linalg.errors import warn_not_converged
from dlcore.numerics.curvature import ScalarFunction
from dlcore.optim.hessian_products import hessian_operator
from dlcore.optim.network_cost import flat_loss

BASIS = 12


def sharpness(
    f: ScalarFunction,
    x: Float[Tensor, "*x"],
    *,
    rtol: float = 1e-3,
    max_products: int = 300,
    generator: torch.Generator | None = None,
) -> float:
    r"""The largest eigenvalue $\lambda_{max}$ of the Hessian, by Lanczos with Hessian products.

    It is the largest one, not that of largest magnitude, which at a saddle may be negative.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x: where, any shape.
        rtol: stop when $\|Hv - \lambda v\|$ is at most this times $|\lambda|$; the error of
            $\lambda$ is then far smaller, of the order of its square.
        max_products: the most products with H.
        generator: for the start.

    Returns:
        The eigenvalue.

    Raises:
        ValueError: f returns several numbers, or a number is out of range.
        FloatingPointError: the Hessian has entries that are not finite.
        TypeError: x is no floating-point tensor.

    Warns:
        ConvergenceWarning: the residual is still too large.

    Equation: :eq:`eq-stability-limit`
    Section: :ref:`sec-stability-limit`
    Source: Lanczos (1950), doi:10.6028/jres.045.026; Keskar et al. (2017), On large-batch training
        for deep learning, arXiv:1609.04836.

    Example:
        >>> x = torch.tensor([1.0, 1.0])
        >>> round(sharpness(lambda x: 100 * x[0] ** 2 + x[1] ** 2, x), 3)
        200.0

    In production: scipy.sparse.linalg.eigsh(which="LA") or PyHessian.
    """
    if not (rtol > 0 and max_products >= 1):
        raise ValueError(f"rtol and max_products must be positive, got {rtol} and {max_products}")
    value, _, residual = _top(f, x, None, rtol, max_products, generator)
    if not residual <= rtol * abs(value):
        warn_not_converged("sharpness", max_products, residual, rtol * abs(value))
    return value


def _top(
    f: ScalarFunction,
    x: Tensor,
    start: Tensor | None,
    rtol: float,
    max_products: int,
    generator: torch.Generator | None,
) -> tuple[float, Tensor, float]:
    """Top eigenvalue, its vector, and the residual; Lanczos, begun again from the best vector."""
    H = hessian_operator(f, x)
    n = x.numel()
    v = start
    if v is None:
        v = torch.randn(n, generator=generator, dtype=x.dtype, device=x.device)
    products = 0
    while True:
        size = min(n, BASIS, max_products - products)
        basis = lanczos(lambda u: H(u.reshape(x.shape)).flatten(), v, size)
        if not basis.alpha.isfinite().all():
            raise FloatingPointError("sharpness: the Hessian is not finite here")
        values, vectors = torch.linalg.eigh(basis.T)
        v = basis.V @ vectors[:, -1]
        residual = abs(basis.beta[-1] * vectors[-1, -1]).item()
        products += len(basis.alpha)
        if residual <= rtol * abs(values[-1].item()) or products >= max_products:
            return values[-1].item(), v, residual


def stability_limit(sharpness: float, *, momentum: float = 0.0, nesterov: bool = False) -> float:
    r"""The learning rate above which descent on a quadratic diverges, $2/\lambda_{max}$.

    With momentum $\beta$, in torch's form, it is $2(1 + \beta)/\lambda_{max}$, with Nesterov's
    $2(1 + \beta)/((1 + 2\beta)\lambda_{max})$.

    Args:
        sharpness: the largest eigenvalue of the Hessian, positive.
        momentum: $\beta$, at least 0 and below 1.
        nesterov: whether the gradient is taken ahead.

    Returns:
        The limit of the learning rate.

    Raises:
        ValueError: the sharpness is not positive, or the momentum is out of range.

    Equation: :eq:`eq-stability-limit`
    Section: :ref:`sec-stability-limit`
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods,
        doi:10.1016/0041-5553(64)90137-5; Cohen et al. (2021), Gradient descent on neural networks
        typically occurs at the edge of stability, arXiv:2103.00065.

    Example:
        >>> stability_limit(200.0), stability_limit(200.0, momentum=0.9)
        (0.01, 0.019)

    In production: a learning-rate range test, as the sharpness changes during training.
    """
    if not (sharpness > 0 and 0 <= momentum < 1):
        raise ValueError(
            f"the sharpness must be positive and 0 <= momentum < 1, got {sharpness} and {momentum}"
        )
    ahead = 1 + 2 * momentum if nesterov else 1.0
    return 2 * (1 + momentum) / (ahead * sharpness)


class SharpnessHistory(NamedTuple):
    """Cost and sharpness of a network during training.

    Attributes:
        steps: after how many steps the sharpness was measured, shape (m,).
        sharpness: largest eigenvalue of the Hessian then, shape (m,).
        losses: cost before each step and at the end, shape (steps + 1,).
    """

    steps: Tensor
    sharpness: Tensor
    losses: Tensor


def track_sharpness(
    model: nn.Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    X: Tensor,
    y: Tensor,
    optimizer: torch.optim.Optimizer,
    *,
    steps: int,
    every: int = 10,
    rtol: float = 1e-2,
    generator: torch.Generator | None = None,
) -> SharpnessHistory:
    r"""Train on the full batch and measure the sharpness on the way.

    Gradient descent on networks makes the cost sharper until $\lambda_{max}$ reaches $2/\eta$, and
    goes on there, where a quadratic would diverge: the edge of stability. Each measurement begins
    with the eigenvector of the last, so that a few products are enough.

    Args:
        model: trained in place.
        loss: a function of the model's output and y that gives a scalar.
        X: inputs, all of them at every step.
        y: targets.
        optimizer: of the model's parameters; its `step` is called without closure.
        steps: to take.
        every: steps from one measurement to the next; the first is before training.
        rtol: of the measurements, as in `sharpness`.
        generator: for the first vector.

    Returns:
        What was measured.

    Raises:
        ValueError: `steps` or `every` is below 1.
        FloatingPointError: the loss is no longer finite.

    Equation: :eq:`eq-stability-limit`
    Section: :ref:`sec-stability-limit`
    Source: Cohen et al. (2021), Gradient descent on neural networks typically occurs at the edge of
        stability, arXiv:2103.00065.

    Example:
        >>> layer = torch.nn.Linear(1, 1, bias=False)
        >>> sgd = torch.optim.SGD(layer.parameters(), lr=0.1)
        >>> X, y = torch.ones(4, 1), torch.zeros(4, 1)
        >>> track_sharpness(layer, torch.nn.MSELoss(), X, y, sgd, steps=2, every=1).sharpness
        tensor([2., 2., 2.])

    In production: PyHessian on a fixed batch.
    """
    if steps < 1 or every < 1:
        raise ValueError(f"steps and every must be at least 1, got {steps} and {every}")
    losses, measured, values = [], [], []
    v: Tensor | None = None
    for t in range(steps + 1):
        if t % every == 0:
            f, theta = flat_loss(model, loss, X, y)
            value, v, _ = _top(f, theta, v, rtol, 10 * BASIS, generator)
            measured.append(t)
            values.append(value)
        optimizer.zero_grad()
        cost = loss(model(X), y)
        losses.append(cost.item())
        if not cost.isfinite():
            raise FloatingPointError(f"track_sharpness: the loss is {losses[-1]} after {t} steps")
        if t < steps:
            cost.backward()
            optimizer.step()
    return SharpnessHistory(
        torch.tensor(measured), theta.new_tensor(values), theta.new_tensor(losses)
    )
