"""Minimisers of a mean cross-entropy with a penalty, for linear logits.

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
    """Examples, their targets, and how logits become probabilities and a loss.

    Attributes:
        A: design matrix, shape (n, p).
        Y: one target for each logit, shape (n, k).
        probabilities: from logits (n, k) to probabilities (n, k).
        loss: from logits and targets to the loss of each example, shape (n,).
        curvature: largest second derivative of the loss along a logit.
    """

    A: Tensor
    Y: Tensor
    probabilities: Callable[[Tensor], Tensor]
    loss: Callable[[Tensor, Tensor], Tensor]
    curvature: float

    def start(self) -> Tensor:
        """All weights zero."""
        return self.A.new_zeros(self.Y.shape[1], self.A.shape[1])

    def cost(self, W: Tensor, shrink: Tensor) -> Tensor:
        """Mean loss plus the penalty on squared weights."""
        return self.loss(self.A @ W.T, self.Y).mean() + (shrink * W.square()).sum()

    def gradient(self, W: Tensor, shrink: Tensor) -> Tensor:
        """Error times input, averaged, plus the slope of the penalty."""
        error = self.probabilities(self.A @ W.T) - self.Y
        return error.T @ self.A / len(self.A) + 2 * shrink * W

    def longest_step(self, shrink: Tensor) -> float:
        """One over a bound of the cost's curvature."""
        largest = torch.linalg.matrix_norm(self.A, 2).item() ** 2 / len(self.A)
        return 1 / (self.curvature * largest + 2 * shrink.max().item())


def newton(model: Likelihood, shrink: Tensor, tol: float, max_iter: int) -> tuple[Tensor, int]:
    """Newton's steps for a single logit: iteratively reweighted least squares."""
    A, n = model.A, len(model.A)
    W = model.start()
    cost = model.cost(W, shrink)
    for steps in range(1, max_iter + 1):
        p = model.probabilities(A @ W.T)
        g = (p - model.Y).T @ A / n + 2 * shrink * W
        if g.abs().max() <= tol:
            return W, steps
        H = (A * (p * (1 - p) / n)).T @ A
        ridge = 2 * shrink + torch.finfo(A.dtype).eps * H.diagonal().mean()
        step = torch.linalg.solve(H + ridge.diag(), g[0])
        while model.cost(W - step, shrink) > cost and step.abs().max() > 0:
            step = step / 2
        before, W = cost, W - step
        cost = model.cost(W, shrink)
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
        g = model.gradient(W, shrink)
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
        Z = model.A @ W.T
        W.grad = (model.probabilities(Z) - model.Y).T @ model.A / len(Z) + 2 * shrink * W
        return model.loss(Z, model.Y).mean() + (shrink * W.square()).sum()

    optimizer.step(closure)
    steps = optimizer.state[W]["n_iter"]
    if steps >= max_iter:
        warn_not_converged("lbfgs", steps, model.gradient(W, shrink).abs().max().item(), tol)
    return W, steps


def proximal(model: Likelihood, shrink: Tensor, tol: float, max_iter: int) -> tuple[Tensor, int]:
    """Accelerated proximal steps, for a penalty on magnitudes in place of squares."""
    none = torch.zeros_like(shrink)
    lr = model.longest_step(none)
    lam, free = shrink.max().item(), shrink == 0
    return proximal_gradient(
        lambda W: model.gradient(W, none),
        lambda W: torch.where(free, W, soft_threshold(W, lr * lam)),
        model.start(),
        lr,
        accelerate=True,
        tol=tol,
        max_iter=max_iter,
    )
