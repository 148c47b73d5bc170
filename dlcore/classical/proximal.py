"""Minimizing a smooth cost plus a penalty with kinks: gradient step, then proximal map."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged


def proximal_gradient(
    gradient: Callable[[Tensor], Tensor],
    prox: Callable[[Tensor], Tensor],
    start: Float[Tensor, "*shape"],
    step: float,
    *,
    accelerate: bool = False,
    tol: float = 1e-9,
    max_iter: int = 10_000,
) -> tuple[Float[Tensor, "*shape"], int]:
    r"""Minimize $J(w) + P(w)$ by $w \leftarrow \operatorname{prox}_{\eta P}(w - \eta\nabla J(w))$.

    With an L1 penalty the proximal map is the soft threshold and the method is called ISTA. A
    subgradient step only jumps about zero; the soft threshold lands on it.

    Args:
        gradient: $\nabla J$, of a convex J.
        prox: $v \mapsto \arg\min_u \tfrac12\|u - v\|^2 + \eta P(u)$ with the same step $\eta$.
        start: where to begin, any shape.
        step: $\eta$, at most 1 over the largest curvature of J.
        accelerate: look ahead in the direction of the last step (FISTA), and start afresh where
            that leads astray.
        tol: stop when no entry moves by more than this share of the largest.
        max_iter: the most steps.

    Returns:
        The minimizer, of the shape of `start`, and how many steps it took.

    Raises:
        ValueError: `step` is not positive.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equation: :eq:`eq-proximal-gradient`
    Section: :ref:`sec-lasso`
    Source: Beck, Teboulle (2009), A fast iterative shrinkage-thresholding algorithm for linear
        inverse problems, doi:10.1137/080716542.

    Example:
        >>> from dlcore.linalg import soft_threshold
        >>> target = torch.tensor([3.0, 0.5, -2.0])
        >>> proximal_gradient(
        ...     lambda w: w - target, lambda v: soft_threshold(v, 1.0), torch.zeros(3), step=1.0
        ... )
        (tensor([ 2.,  0., -1.]), 2)

    In production: sklearn.linear_model.Lasso; for other costs skglm.
    """
    if not step > 0:
        raise ValueError(f"proximal_gradient: step must be positive, got {step}")
    w, ahead, t, move = start, start, 1.0, torch.inf
    smallest = max(tol, 4 * torch.finfo(start.dtype).eps)
    for steps in range(1, max_iter + 1):
        before, w = w, prox(ahead - step * gradient(ahead))
        move = (w - before).abs().max().item()
        if move <= smallest * w.abs().max().item():
            return w, steps
        if not accelerate or ((ahead - w) * (w - before)).sum() > 0:
            ahead, t = w, 1.0
            continue
        following = (1 + (1 + 4 * t**2) ** 0.5) / 2
        ahead, t = w + (t - 1) / following * (w - before), following
    warn_not_converged("proximal_gradient", max_iter, move, smallest)
    return w, max_iter
