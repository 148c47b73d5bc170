"""The value of the adversarial game where both densities are known."""

import torch
from jaxtyping import Float
from torch import Tensor


def _require(name: str, *tables: Tensor) -> None:
    if len({t.shape for t in tables}) > 1:
        raise ValueError(f"{name} needs one shape, got {[tuple(t.shape) for t in tables]}")
    if any((t < 0).any() or t.isnan().any() for t in tables):
        raise ValueError(f"{name} needs densities and probabilities of at least 0")


def optimal_discriminator(
    p_data: Float[Tensor, "*shape"], p_model: Float[Tensor, "*shape"]
) -> Float[Tensor, "*shape"]:
    r"""$D^*(x) = p_{data}(x) / (p_{data}(x) + p_{model}(x))$, the best answer to a fixed generator.

    Args:
        p_data: probabilities, or densities at some points.
        p_model: those of the generator at the same points.

    Returns:
        The share of real data among what is seen there; 1/2 where neither has any.

    Raises:
        ValueError: shapes that differ, or negative densities.

    Equation: :eq:`eq-optimal-discriminator`
    Section: :ref:`sec-gan-objective`
    Source: Goodfellow et al. (2014), Generative adversarial nets, arXiv:1406.2661, proposition 1.

    Example:
        >>> p = torch.tensor([0.1, 0.2, 0.3, 0.4])
        >>> optimal_discriminator(p, p.flip(0))
        tensor([0.2000, 0.4000, 0.6000, 0.8000])

    In production: nobody knows the densities; a classifier learns this ratio.
    """
    _require("optimal_discriminator", p_data, p_model)
    total = p_data + p_model
    nowhere = total == 0
    return (p_data / total.masked_fill(nowhere, 1)).masked_fill(nowhere, 0.5)


def minimax_value(
    D: Float[Tensor, "*shape"], p_data: Float[Tensor, "*shape"], p_model: Float[Tensor, "*shape"]
) -> Float[Tensor, ""]:
    r"""$V(D, G) = \sum_x p_{data}(x)\log D(x) + p_{model}(x)\log(1 - D(x))$.

    At $D^*$ it is $-\log 4$ plus twice the Jensen-Shannon divergence
    (`dlcore.probability.js_divergence`).

    Args:
        D: chances of "real" that the discriminator gives, in [0, 1].
        p_data: probabilities of the same points.
        p_model: those of the generator.

    Returns:
        A number, at most 0; minus infinity if D is certain and wrong.

    Raises:
        ValueError: shapes that differ, negative probabilities, or D above 1.

    Equation: :eq:`eq-gan-value`, :eq:`eq-gan-jensen-shannon`
    Section: :ref:`sec-gan-objective`
    Source: Goodfellow et al. (2014), Generative adversarial nets, arXiv:1406.2661, theorem 1.

    Example:
        >>> p = torch.tensor([0.1, 0.2, 0.3, 0.4])
        >>> minimax_value(optimal_discriminator(p, p.flip(0)), p, p.flip(0))
        tensor(-1.1734)

    In production: minus `discriminator_loss` on samples.
    """
    _require("minimax_value", D, p_data, p_model)
    if (D > 1).any():
        raise ValueError(f"D must be at most 1, got {D.max():.6g}")
    return (torch.xlogy(p_data, D) + torch.xlogy(p_model, 1 - D)).sum()
