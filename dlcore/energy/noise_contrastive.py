"""Learning a density by telling data from noise whose density is known."""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F


def _log_odds(scores: Tensor, log_noise: Tensor, k: float) -> Tensor:
    if scores.shape != log_noise.shape:
        raise ValueError(
            f"scores {tuple(scores.shape)} and noise {tuple(log_noise.shape)} differ in shape"
        )
    if not k > 0:
        raise ValueError(f"the ratio of noise to data must be positive, got {k}")
    return scores - log_noise - math.log(k)


def nce_posterior(
    scores: Float[Tensor, "*n"], log_noise: Float[Tensor, "*n"], k: float = 1.0
) -> Float[Tensor, "*n"]:
    r"""The chance that x is data, $h(x) = \frac{\tilde p(x)}{\tilde p(x) + k\,p_n(x)}$.

    It depends on the scale of $\tilde p$: only if that is right, too, h is.

    Args:
        scores: $s(x) = \log\tilde p(x) + c$, where c, learned, stands for $-\log Z$.
        log_noise: $\log p_n(x)$, normalized.
        k: draws of noise for each example.

    Returns:
        Probabilities, shaped as the scores.

    Raises:
        ValueError: shapes that differ, or k not positive.

    Equation: :eq:`eq-nce-classifier`.
    Section: :ref:`sec-nce-objective`.

    Source: Gutmann, Hyvärinen (2010), Noise-contrastive estimation: a new estimation principle for
        unnormalized statistical models, AISTATS.

    Example:
        >>> nce_posterior(torch.tensor([0.3, 0.6, 3.0]).log(), torch.full((3,), 0.2).log())
        tensor([0.6000, 0.7500, 0.9375])

    In production: torch.sigmoid of the log-odds.
    """
    return _log_odds(scores, log_noise, k).sigmoid()


def nce_loss(
    data_scores: Float[Tensor, "*n"],
    data_log_noise: Float[Tensor, "*n"],
    noise_scores: Float[Tensor, "*m"],
    noise_log_noise: Float[Tensor, "*m"],
    *,
    k: float | None = None,
) -> Float[Tensor, ""]:
    r"""Logistic regression of data against noise, from logarithms.

    With $a(x) = s(x) - \log k p_n(x)$ the loss is
    $-\langle\log\sigma(a)\rangle_{data} - k\,\langle\log\sigma(-a)\rangle_{noise}$. Where the
    scores are free its minimum is $e^s = p_{data}$: normalized, though nobody asked for it.

    Args:
        data_scores: $s(x) = \log\tilde p(x) + c$ of data.
        data_log_noise: $\log p_n$ of the same data.
        noise_scores: s of draws of the noise.
        noise_log_noise: $\log p_n$ of the same draws.
        k: draws of noise for each example; by default how many there are.

    Returns:
        The loss for each example.

    Raises:
        ValueError: shapes that differ, nothing given, or k not positive.

    Equation: :eq:`eq-nce-loss`.
    Section: :ref:`sec-nce-objective`.

    Source: Gutmann, Hyvärinen (2010), AISTATS; with k: Gutmann, Hyvärinen (2012), J. Mach. Learn.
        Res. 13.

    Example:
        >>> s, log_noise = torch.zeros(4), torch.zeros(4)
        >>> nce_loss(s, log_noise, s, log_noise)
        tensor(1.3863)

    In production: torch.nn.functional.binary_cross_entropy_with_logits on the log-odds.
    """
    if not data_scores.numel() or not noise_scores.numel():
        raise ValueError("both data and noise are needed")
    k = noise_scores.numel() / data_scores.numel() if k is None else k
    right = F.logsigmoid(_log_odds(data_scores, data_log_noise, k)).mean()
    wrong = F.logsigmoid(-_log_odds(noise_scores, noise_log_noise, k)).mean()
    return -(right + k * wrong)


def nce_covariance(
    gradients: Float[Tensor, "g p"],
    log_data: Float[Tensor, " g"],
    log_noise: Float[Tensor, " g"],
    measure: Float[Tensor, " g"],
    k: float = 1.0,
) -> Float[Tensor, "p p"]:
    r"""How much noise-contrastive estimates vary: N times their covariance when N is large.

    $I^{-1} - (1 + \frac1k)\, I^{-1} m m^\top I^{-1}$ with $I = \int g g^\top (1-h)\,p$,
    $m = \int g\,(1-h)\,p$ and $g = \nabla\log p$, the constant c among the parameters.

    Args:
        gradients: g at points of a grid, one column a parameter, shape (g, p); c's column is 1.
        log_data: log density of the data there, which the model can reach.
        log_noise: log density of the noise there.
        measure: weights of the grid for integrals, such as its spacing.
        k: draws of noise for each example.

    Returns:
        Shape (p, p); with growing k the block without c tends to that of maximum likelihood.

    Raises:
        ValueError: shapes that do not fit, or k not positive.
        torch.linalg.LinAlgError: parameters that the data cannot tell apart.

    Equation: :eq:`eq-nce-variance`.
    Section: :ref:`sec-nce-efficiency`.

    Source: Gutmann, Hyvärinen (2012), Noise-contrastive estimation of unnormalized statistical
        models, with applications to natural image statistics, J. Mach. Learn. Res. 13, theorem 3.

    Example:
        >>> x = torch.linspace(-9, 9, 2001, dtype=torch.float64)
        >>> log_p = -x.square() / 2 - math.log(2 * math.pi) / 2
        >>> g = torch.stack([-x.square() / 2, torch.ones_like(x)], 1)
        >>> round(nce_covariance(g, log_p, log_p, torch.full_like(x, 0.009), k=1)[0, 0].item(), 3)
        4.0

    In production: the bootstrap.
    """
    size = log_data.shape
    if gradients.shape[:-1] != size or log_noise.shape != size or measure.shape != size:
        raise ValueError(
            f"expected gradients (g, p) and three times (g,), got {tuple(gradients.shape)}, "
            f"{tuple(size)}, {tuple(log_noise.shape)} and {tuple(measure.shape)}"
        )
    mass = (-_log_odds(log_data, log_noise, k)).sigmoid() * log_data.exp() * measure
    inverse = torch.linalg.inv(gradients.T @ (mass[:, None] * gradients))
    mean = inverse @ (mass @ gradients)
    return inverse - (1 + 1 / k) * torch.outer(mean, mean)
