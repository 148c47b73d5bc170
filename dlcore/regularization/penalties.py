"""Steps that carry out a penalty on the weights: decay for squares, a proximal map for kinks."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor

from dlcore.classical.proximal import proximal_gradient
from dlcore.linalg import elastic_net_penalty as elastic_net_penalty
from dlcore.linalg import l1_penalty as l1_penalty
from dlcore.linalg import l2_penalty as l2_penalty
from dlcore.linalg import soft_threshold as soft_threshold


def weight_decay_step(
    w: Float[Tensor, "*shape"],
    gradient: Float[Tensor, "*shape"],
    learning_rate: float,
    lam: float,
) -> Float[Tensor, "*shape"]:
    r"""A step of gradient descent that first shrinks the weights, $(1 - \eta\lambda)w - \eta g$.

    It is the plain step on $J(w) + \tfrac\lambda2\|w\|^2$, where g is the gradient of J alone.

    Args:
        w: weights, any shape.
        gradient: g, of the same shape.
        learning_rate: $\eta$, positive.
        lam: $\lambda$, at least 0.

    Returns:
        The new weights.

    Raises:
        ValueError: a number out of range, or shapes that differ.

    Equation: :eq:`eq-weight-decay-step`
    Section: :ref:`sec-l2-regularization`
    Source: Krogh, Hertz (1991), A simple weight decay can improve generalization, NIPS 4.

    Example:
        >>> import torch
        >>> weight_decay_step(torch.tensor([2.0]), torch.tensor([1.0]), learning_rate=0.1, lam=0.5)
        tensor([1.8000])

    In production: torch.optim.SGD(weight_decay=lam); torch.optim.AdamW where steps are adaptive.
    """
    if not (learning_rate > 0 and lam >= 0):
        raise ValueError(
            f"weight_decay_step needs a positive learning rate and lam >= 0, got {learning_rate} "
            f"and {lam}"
        )
    if w.shape != gradient.shape:
        raise ValueError(
            f"the gradient must have the shape of the weights {tuple(w.shape)}, got "
            f"{tuple(gradient.shape)}"
        )
    return (1 - learning_rate * lam) * w - learning_rate * gradient


def elastic_net_prox(
    w: Float[Tensor, "*shape"], lam1: float, lam2: float
) -> Float[Tensor, "*shape"]:
    r"""The soft threshold, then a shrinkage: $S_{\lambda_1}(w) / (1 + 2\lambda_2)$.

    It is the u that makes $\tfrac12\|u - w\|^2 + \lambda_1\|u\|_1 + \lambda_2\|u\|^2$ smallest.
    After a gradient step of learning rate $\eta$ both weights are multiplied by $\eta$.

    Args:
        w: any shape.
        lam1: $\lambda_1$, at least 0.
        lam2: $\lambda_2$, at least 0.

    Returns:
        The moved entries, of the same shape.

    Raises:
        ValueError: a weight of the penalty is negative.
        TypeError: w is no floating-point tensor.

    Equation: :eq:`eq-elastic-net-prox`
    Section: :ref:`sec-elastic-net`
    Source: Parikh, Boyd (2014), Proximal algorithms, section 6.5.3, doi:10.1561/2400000003.

    Example:
        >>> import torch
        >>> elastic_net_prox(torch.tensor([3.0, -0.5, -2.0]), lam1=1.0, lam2=0.5)
        tensor([ 1.0000,  0.0000, -0.5000])

    In production: torch.nn.functional.softshrink(w, lam1) / (1 + 2 * lam2).
    """
    if not lam2 >= 0:
        raise ValueError(
            f"elastic_net_prox: the weight of a penalty must be at least 0, got {lam2}"
        )
    return soft_threshold(w, lam1) / (1 + 2 * lam2)


def ista(
    gradient: Callable[[Tensor], Tensor],
    start: Float[Tensor, "*shape"],
    step: float,
    lam1: float,
    lam2: float = 0.0,
    *,
    accelerate: bool = False,
    tol: float = 1e-9,
    max_iter: int = 10_000,
) -> tuple[Float[Tensor, "*shape"], int]:
    r"""Minimize $J(w) + \lambda_1\|w\|_1 + \lambda_2\|w\|^2$: gradient steps and thresholds.

    Weights that the penalty holds at zero are exactly zero, which no gradient step achieves.

    Args:
        gradient: that of J, a convex function.
        start: where to begin, any shape.
        step: the learning rate, at most 1 over the largest curvature of J.
        lam1: $\lambda_1$, at least 0.
        lam2: $\lambda_2$, at least 0.
        accelerate: look ahead along the last step (FISTA).
        tol: stop when no entry moves by more than this share of the largest.
        max_iter: the most steps.

    Returns:
        The weights, and how many steps it took.

    Raises:
        ValueError: a negative weight of the penalty, or a step that is not positive.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equations: :eq:`eq-elastic-net`, :eq:`eq-elastic-net-prox`
    Section: :ref:`sec-l1-regularization`
    Source: Daubechies, Defrise, De Mol (2004), An iterative thresholding algorithm for linear
        inverse problems with a sparsity constraint, doi:10.1002/cpa.20042; Beck, Teboulle (2009),
        A fast iterative shrinkage-thresholding algorithm, doi:10.1137/080716542.

    Example:
        >>> import torch
        >>> target = torch.tensor([3.0, 0.5, -2.0])
        >>> ista(lambda w: w - target, torch.zeros(3), step=1.0, lam1=1.0)
        (tensor([ 2.,  0., -1.]), 2)

    In production: sklearn.linear_model.Lasso and ElasticNet; for other costs skglm.
    """
    return proximal_gradient(
        gradient,
        lambda w: elastic_net_prox(w, step * lam1, step * lam2),
        start,
        step,
        accelerate=accelerate,
        tol=tol,
        max_iter=max_iter,
    )
