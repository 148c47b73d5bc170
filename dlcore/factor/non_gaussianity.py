"""How far a sample is from a Gaussian: by its fourth moment, or by an estimate of negentropy."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_floating

# G, whose mean is compared, and its mean under the standard normal
CONTRASTS: dict[str, tuple[Callable[[Tensor], Tensor], float]] = {
    "logcosh": (lambda y: torch.logaddexp(y, -y) - torch.log(torch.tensor(2.0)), 0.374567207491438),
    "exp": (lambda y: -torch.exp(-y.square() / 2), -(0.5**0.5)),
    "cube": (lambda y: y**4 / 4, 0.75),
}


def excess_kurtosis(x: Float[Tensor, "*shape"], dim: int = -1) -> Float[Tensor, "..."]:
    r"""The fourth moment after standardizing, less 3: zero for a Gaussian, positive for long tails.

    Args:
        x: samples along `dim`, any shape.
        dim: the dimension of the samples, which disappears.

    Returns:
        $\mathbb E[(x - \mu)^4] / \sigma^4 - 3$, with means over the sample; at least -2.

    Raises:
        ValueError: a sample is constant.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-excess-kurtosis`
    Section: :ref:`sec-non-gaussianity`

    Example:
        >>> excess_kurtosis(torch.tensor([-1.0, 1.0, -1.0, 1.0]))
        tensor(-2.)

    In production: scipy.stats.kurtosis.
    """
    return _standardized("excess_kurtosis", x, dim).pow(4).mean(dim) - 3


def mixture_kurtosis(
    a: Float[Tensor, "*batch d"], kurtosis: Float[Tensor, " d"]
) -> Float[Tensor, "*batch"]:
    r"""The excess kurtosis of $a^\top s$, where the sources s are independent with variance 1.

    It is an average of the sources' with weights $a_i^4 / (\sum_j a_j^2)^2$, whose sum is below 1
    as soon as two sources are mixed: a mixture is more like a Gaussian.

    Args:
        a: weights of the mixtures, shape (..., d), no row all zero.
        kurtosis: excess kurtosis of each source, shape (d,).

    Returns:
        Shape (...).

    Raises:
        ValueError: a row of zeros.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-mixture-kurtosis`
    Section: :ref:`sec-non-gaussianity`
    Source: Delfosse, Loubaton (1995), Adaptive blind separation of independent sources: a deflation
        approach, doi:10.1016/0165-1684(95)00042-C.

    Example:
        >>> mixture_kurtosis(torch.tensor([[1.0, 0.0], [1.0, 1.0]]), torch.tensor([-1.2, 3.0]))
        tensor([-1.2000,  0.4500])

    In production: the formula.
    """
    require_floating("mixture_kurtosis", a, kurtosis)
    variance = a.square().sum(-1)
    if not (variance > 0).all():
        raise ValueError("mixture_kurtosis: a row of weights is all zero")
    return (a**4 * kurtosis).sum(-1) / variance.square()


def negentropy_approx(
    x: Float[Tensor, "*shape"], dim: int = -1, *, g: str = "logcosh"
) -> Float[Tensor, "..."]:
    r"""What negentropy is proportional to, nearly: $(\mathbb E[G(y)] - \mathbb E[G(\nu)])^2$.

    Here y is x standardized and $\nu$ a standard normal variable. The negentropy of x is how much
    lower its entropy is than that of a Gaussian of the same variance.

    Args:
        x: samples along `dim`, any shape.
        dim: the dimension of the samples, which disappears.
        g: "logcosh", $G(y) = \ln\cosh y$; "exp", $-e^{-y^2/2}$; "cube", $y^4/4$, which makes it the
            squared excess kurtosis over 16, and prey to outliers.

    Returns:
        At least 0; 0 for a Gaussian, up to the chance of the sample.

    Raises:
        ValueError: a sample is constant, or an unknown `g`.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-negentropy`
    Section: :ref:`sec-non-gaussianity`
    Source: Hyvärinen (1998), New approximations of differential entropy for independent component
        analysis and projection pursuit, NIPS 10.

    Example:
        >>> negentropy_approx(torch.tensor([-1.0, 1.0, -1.0, 1.0]), g="cube")
        tensor(0.2500)

    In production: the formula; scipy.stats.differential_entropy estimates the entropy itself.
    """
    G, expected = CONTRASTS[require_contrast("negentropy_approx", g)]
    return (G(_standardized("negentropy_approx", x, dim)).mean(dim) - expected).square()


def require_contrast(name: str, g: str) -> str:
    """Refuse the name of a contrast that does not exist."""
    if g not in CONTRASTS:
        raise ValueError(f"{name}: g must be one of {', '.join(CONTRASTS)}, got {g!r}")
    return g


def _standardized(name: str, x: Tensor, dim: int) -> Tensor:
    require_floating(name, x)
    centred = x - x.mean(dim, keepdim=True)
    deviation = centred.square().mean(dim, keepdim=True).sqrt()
    smallest = torch.finfo(x.dtype).eps * x.abs().amax(dim, keepdim=True)
    if not (deviation > smallest).all():
        raise ValueError(f"{name}: a sample of {x.shape[dim]} is constant")
    return centred / deviation
