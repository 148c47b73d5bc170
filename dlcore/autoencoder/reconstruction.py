"""How badly an input was rebuilt: summed over its dimensions, averaged over the batch."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn import binary_cross_entropy_with_logits


def _batch_mean(losses: Float[Tensor, "b ..."]) -> Float[Tensor, ""]:
    if losses.ndim < 2 or not len(losses):
        raise ValueError(f"a batch of examples is needed, (b, ...), got {tuple(losses.shape)}")
    return losses.flatten(1).sum(1).mean()


def _require_same_shape(x_hat: Tensor, x: Tensor) -> None:
    if x_hat.shape != x.shape:
        raise ValueError(
            f"reconstruction and input differ in shape: {tuple(x_hat.shape)} and {tuple(x.shape)}"
        )


def gaussian_nll(
    x_hat: Float[Tensor, "b ..."],
    x: Float[Tensor, "b ..."],
    sigma: float | Float[Tensor, "..."] = 1.0,
) -> Float[Tensor, ""]:
    r"""The surprise at x under $\mathcal N(\hat x, \sigma^2 I)$, its constant included.

    Args:
        x_hat: means, shape (b, ...).
        x: inputs, of the same shape.
        sigma: standard deviation, a number or a tensor that broadcasts to x.

    Returns:
        A scalar in nats: the sum over dimensions, averaged over the batch.

    Raises:
        ValueError: shapes differ, no batch, or a sigma that is not positive.

    Equation: :eq:`eq-gaussian-nll`.
    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 5.2.

    Example:
        >>> gaussian_nll(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]]))
        tensor(2.3379)

    In production: torch.nn.functional.gaussian_nll_loss(full=True), which takes the variance and
    averages over dimensions too.
    """
    _require_same_shape(x_hat, x)
    scale = torch.as_tensor(sigma, dtype=x.dtype, device=x.device)
    if not bool((scale > 0).all()):
        raise ValueError(f"sigma must be positive, got {sigma}")
    residual = (x - x_hat) / scale
    return _batch_mean(0.5 * residual.square() + scale.log() + 0.5 * math.log(2 * math.pi))


def bernoulli_nll(logits: Float[Tensor, "b ..."], x: Float[Tensor, "b ..."]) -> Float[Tensor, ""]:
    r"""The surprise at x under independent coins that show 1 with probability sigmoid(logits).

    For grey levels strictly between 0 and 1 the smallest value is their entropy, not 0.

    Args:
        logits: pre-activations of a sigmoid, shape (b, ...).
        x: inputs in [0, 1], of the same shape.

    Returns:
        A scalar in nats: the sum over dimensions, averaged over the batch.

    Raises:
        ValueError: shapes differ, no batch, or an input outside [0, 1].

    Equation: :eq:`eq-bernoulli-nll`.
    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 14.4.

    Example:
        >>> bernoulli_nll(torch.zeros(1, 2), torch.tensor([[0.5, 1.0]]))
        tensor(1.3863)

    In production: torch.nn.functional.binary_cross_entropy_with_logits, which averages over
    dimensions too.
    """
    _require_same_shape(logits, x)
    return _batch_mean(binary_cross_entropy_with_logits(logits, x, reduction="none"))


def reconstruction_loss(
    x_hat: Float[Tensor, "b ..."], x: Float[Tensor, "b ..."], kind: str = "squared"
) -> Float[Tensor, ""]:
    r"""How far a reconstruction is from its input.

    Args:
        x_hat: what the decoder returned, shape (b, ...): logits if kind is "bernoulli".
        x: inputs, of the same shape.
        kind: "squared" for $\lVert x - \hat x \rVert^2$, "gaussian" for `gaussian_nll` with
            standard deviation 1, half the squared error and a constant, "bernoulli" for
            `bernoulli_nll`.

    Returns:
        A scalar: the sum over dimensions, averaged over the batch.

    Raises:
        ValueError: shapes differ, no batch, an unknown kind, or inputs outside [0, 1] for coins.

    Equation: :eq:`eq-reconstruction-loss`.
    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 14.1.

    Example:
        >>> reconstruction_loss(torch.zeros(2, 3), torch.ones(2, 3))
        tensor(3.)

    In production: torch.nn.functional.mse_loss(reduction="sum") / len(x).
    """
    if kind == "gaussian":
        return gaussian_nll(x_hat, x)
    if kind == "bernoulli":
        return bernoulli_nll(x_hat, x)
    if kind != "squared":
        raise ValueError(f"kind must be 'squared', 'gaussian' or 'bernoulli', got {kind!r}")
    _require_same_shape(x_hat, x)
    return _batch_mean((x - x_hat).square())
