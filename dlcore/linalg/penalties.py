"""Norms as penalties on weights, and the step that a penalty without slope at zero needs."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_floating


def l1_penalty(w: Float[Tensor, "*shape"], lam: float) -> Float[Tensor, ""]:
    r"""The penalty $\lambda\|w\|_1$ of the lasso, whose minima have entries that are exactly zero.

    Args:
        w: weights, any shape.
        lam: $\lambda$, at least 0.

    Returns:
        One number; its gradient at 0 is taken as 0.

    Raises:
        ValueError: `lam` is negative.
        TypeError: w is no floating-point tensor.

    Equation: :eq:`eq-l1-penalty`
    Section: :ref:`sec-norm-penalties`
    Source: Tibshirani (1996), Regression shrinkage and selection via the lasso,
        doi:10.1111/j.2517-6161.1996.tb02080.x.

    Example:
        >>> l1_penalty(torch.tensor([3.0, -4.0]), lam=0.5)
        tensor(3.5000)

    In production: lam * w.abs().sum().
    """
    _require_weight("l1_penalty", w, lam)
    return lam * w.abs().sum()


def l2_penalty(w: Float[Tensor, "*shape"], lam: float) -> Float[Tensor, ""]:
    r"""The penalty $\lambda\|w\|_2^2$ of ridge regression, without a factor of one half.

    Args:
        w: weights, any shape.
        lam: $\lambda$, at least 0.

    Returns:
        One number; its gradient is $2\lambda w$.

    Raises:
        ValueError: `lam` is negative.
        TypeError: w is no floating-point tensor.

    Equation: :eq:`eq-l2-penalty`
    Section: :ref:`sec-norm-penalties`

    Example:
        >>> l2_penalty(torch.tensor([3.0, -4.0]), lam=0.5)
        tensor(12.5000)

    In production: lam * w.square().sum().
    """
    _require_weight("l2_penalty", w, lam)
    return lam * w.square().sum()


def elastic_net_penalty(w: Float[Tensor, "*shape"], lam1: float, lam2: float) -> Float[Tensor, ""]:
    r"""The sum of both penalties, $\lambda_1\|w\|_1 + \lambda_2\|w\|_2^2$.

    Args:
        w: weights, any shape.
        lam1: $\lambda_1$, at least 0.
        lam2: $\lambda_2$, at least 0.

    Returns:
        One number.

    Raises:
        ValueError: a weight of the penalty is negative.
        TypeError: w is no floating-point tensor.

    Equation: :eq:`eq-elastic-net-penalty`
    Section: :ref:`sec-norm-penalties`
    Source: Zou, Hastie (2005), Regularization and variable selection via the elastic net,
        doi:10.1111/j.1467-9868.2005.00503.x.

    Example:
        >>> elastic_net_penalty(torch.tensor([3.0, -4.0]), lam1=1.0, lam2=0.5)
        tensor(19.5000)

    In production: sklearn.linear_model.ElasticNet, with its own scaling of the weights.
    """
    return l1_penalty(w, lam1) + l2_penalty(w, lam2)


def soft_threshold(w: Float[Tensor, "*shape"], lam: float) -> Float[Tensor, "*shape"]:
    r"""Each entry moved towards zero by $\lambda$, and to zero if it is nearer than that.

    It is the u that makes $\tfrac12\|u - w\|_2^2 + \lambda\|u\|_1$ smallest: L1's proximal map.

    Args:
        w: any shape.
        lam: $\lambda$, at least 0.

    Returns:
        The moved entries, of the same shape.

    Raises:
        ValueError: `lam` is negative.
        TypeError: w is no floating-point tensor.

    Equation: :eq:`eq-soft-threshold`
    Section: :ref:`sec-norm-penalties`
    Source: Donoho (1995), De-noising by soft-thresholding, doi:10.1109/18.382009.

    Example:
        >>> soft_threshold(torch.tensor([3.0, -0.5, -2.0]), lam=1.0)
        tensor([ 2.,  0., -1.])

    In production: torch.nn.functional.softshrink.
    """
    _require_weight("soft_threshold", w, lam)
    return torch.where(w.abs() > lam, w - lam * w.detach().sign(), torch.where(w.isnan(), w, 0))


def _require_weight(name: str, w: Tensor, lam: float) -> None:
    require_floating(name, w)
    if not lam >= 0:
        raise ValueError(f"{name}: the weight of a penalty must be at least 0, got {lam}")
