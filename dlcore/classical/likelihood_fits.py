"""Minimizers of a mean cross-entropy with a penalty, for linear logits.

The weights W have one row for each logit, their last column is the intercepts if there are any,
and `shrink` has the weight of the penalty on each column: 0 for intercepts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.classical.proximal import proximal_gradient
from dlcore.linalg import soft_threshold
from dlcore.linalg.errors import warn_not_converged


@dataclass(frozen=True)
class Likelihood:
    r"""Examples of an exponential family, $p(y \mid z) = \exp(y^\top z - a(z))$.

    Attributes:
        A: design matrix, shape (n, p).
        Y: one target for each logit, shape (n, k).
        log_partition: a, from logits (n, k) to shape (n, 1); its slopes are the probabilities.
        curvature: largest second derivative of a.
    """

    A: Tensor
    Y: Tensor
    log_partition: Callable[[Tensor], Tensor]
    curvature: float

    def start(self) -> Tensor:
        """All weights zero."""
        return self.A.new_zeros(self.Y.shape[1], self.A.shape[1])

    def cost_and_gradient(self, W: Tensor, shrink: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss plus penalty on squares; error times input plus slope of the penalty."""
        Z = self.A @ W.T
        a = self.log_partition(Z)
        error = (Z - a).exp() - self.Y
        cost = (a.sum() - (self.Y * Z).sum()) / len(Z) + (shrink * W.square()).sum()
        return cost, error.T @ self.A / len(Z) + 2 * shrink * W

    def longest_step(self, shrink: Tensor) -> float:
        """One over a bound of the cost's curvature."""
        largest = torch.linalg.matrix_norm(self.A, 2).item() ** 2 / len(self.A)
        return 1 / (self.curvature * largest + 2 * shrink.max().item())


def newton(model: Likelihood, shrink: Tensor, tol: float, max_iter: int) -> tuple[Tensor, int]:
    """Newton's steps for a single logit: iteratively reweighted least squares."""
    A, W = model.A, model.start()
    cost, g = model.cost_and_gradient(W, shrink)
    for steps in range(1, max_iter + 1):
        if g.abs().max() <= tol:
            return W, steps
        Z = A @ W.T
        p = (Z - model.log_partition(Z)).exp()
        H = (A * (p * (1 - p) / len(A))).T @ A
        ridge = 2 * shrink + torch.finfo(A.dtype).eps * H.diagonal().mean()
        step = torch.linalg.solve(H + ridge.diag(), g[0])
        before = cost
        cost, g = model.cost_and_gradient(W - step, shrink)
        while cost > before and not torch.equal(W - step, W):
            step = step / 2
            cost, g = model.cost_and_gradient(W - step, shrink)
        W = W - step
        if cost >= before:  # nothing left but rounding
            return W, steps
    warn_not_converged("newton", max_iter, g.abs().max().item(), tol)
    return W, max_iter


def gradient_descent(
    model: Likelihood, shrink: Tensor, tol: float, max_iter: int
) -> tuple[Tensor, int]:
    """Steps against the gradient, of the largest length that is safe everywhere."""
    W, lr = model.start(), model.longest_step(shrink)
    for steps in range(1, max_iter + 1):
        _, g = model.cost_and_gradient(W, shrink)
        if g.abs().max() <= tol:
            return W, steps
        W = W - lr * g
    warn_not_converged("gradient_descent", max_iter, g.abs().max().item(), tol)
    return W, max_iter


def lbfgs(model: Likelihood, shrink: Tensor, tol: float, max_iter: int) -> tuple[Tensor, int]:
    """Quasi-Newton steps, with the curvature guessed from the last ten gradients."""
    W = model.start()
    optimizer = torch.optim.LBFGS(
        [W], max_iter=max_iter, max_eval=2 * max_iter, tolerance_grad=tol,
        tolerance_change=torch.finfo(W.dtype).eps, history_size=10, line_search_fn="strong_wolfe",
    )  # fmt: skip

    def closure() -> Tensor:
        cost, W.grad = model.cost_and_gradient(W, shrink)
        return cost

    optimizer.step(closure)
    steps = optimizer.state[W]["n_iter"]
    if steps >= max_iter:
        _, g = model.cost_and_gradient(W, shrink)
        warn_not_converged("lbfgs", steps, g.abs().max().item(), tol)
    return W, steps


def proximal(model: Likelihood, shrink: Tensor, tol: float, max_iter: int) -> tuple[Tensor, int]:
    """Accelerated proximal steps, for a penalty on magnitudes in place of squares."""
    none = torch.zeros_like(shrink)
    lr = model.longest_step(none)
    lam, free = shrink.max().item(), shrink == 0
    return proximal_gradient(
        lambda W: model.cost_and_gradient(W, none)[1],
        lambda W: torch.where(free, W, soft_threshold(W, lr * lam)),
        model.start(),
        lr,
        accelerate=True,
        tol=tol,
        max_iter=max_iter,
    )
