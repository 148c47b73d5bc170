"""Rebuilding clean inputs from corrupted ones, and what this tells of the data's density."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.reconstruction import reconstruction_loss
from dlcore.autoencoder.undercomplete import Autoencoder
from dlcore.nn.dropout import require_probability


class DenoisingAutoencoder(Autoencoder):
    r"""An autoencoder that sees corrupted inputs and is compared with the clean ones.

    Args:
        sizes: units from the input to the code, d, ..., k; k may exceed d.
        corruption: maps a batch to a corrupted one, with new draws at each call:
            `functools.partial(mask_inputs, p=0.3)`, say.
        options: those of `Autoencoder`.

    Raises:
        ValueError: what `Autoencoder` rejects.

    Equation: :eq:`eq-denoising-loss`.
    Section: :ref:`sec-denoising-autoencoders`.

    Source: Vincent, Larochelle, Bengio, Manzagol (2008), Extracting and composing robust features
        with denoising autoencoders, doi:10.1145/1390156.1390294.

    Example:
        >>> model = DenoisingAutoencoder([4, 8], lambda x: 0 * x)
        >>> x = torch.rand(5, 4)
        >>> torch.equal(model.loss(x), reconstruction_loss(model(0 * x), x))
        True

    In production: the same; at scale masked autoencoders and diffusion models.
    """

    def __init__(
        self, sizes: Sequence[int], corruption: Callable[[Tensor], Tensor], **options: Any
    ) -> None:
        super().__init__(sizes, **options)
        self.corruption = corruption

    def loss(self, x: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
        """The reconstruction loss from a corrupted batch to the clean one."""
        return reconstruction_loss(self(self.corruption(x)), x, self.kind)


def linear_denoiser(
    S: Float[Tensor, "d d"],
    kind: str,
    amount: float,
    *,
    mean: Float[Tensor, " d"] | None = None,
) -> Float[Tensor, "d d"]:
    r"""The best linear map from corrupted inputs to clean ones, in closed form.

    It is $E[x \tilde x^\top] E[\tilde x \tilde x^\top]^{-1}$, and the expectations over the
    corruption are exact: no noise is drawn.

    Args:
        S: the second moments $E[x x^\top]$ of the clean inputs, about 0, shape (d, d).
        kind: "gaussian", "masking", or "salt_and_pepper" with values 0 and 1.
        amount: the standard deviation of Gaussian noise, else the probability of losing an entry.
        mean: of the clean inputs, shape (d,); needed for "salt_and_pepper".

    Returns:
        W of shape (d, d): `X_noisy @ W.T` is the estimate. Where the corrupted inputs do not fill
        the space, the map of smallest norm.

    Raises:
        ValueError: S not square or symmetric, an unknown kind, an amount out of range, or a mean
            that is missing or of another shape.

    Equation: :eq:`eq-linear-denoiser`.
    Section: :ref:`sec-denoising-autoencoders`.

    Source: Wiener (1949), Extrapolation, interpolation, and smoothing of stationary time series,
        for Gaussian noise; Chen, Xu, Weinberger, Sha (2012), Marginalized denoising autoencoders,
        arXiv:1206.4683, for masking.

    Example:
        >>> linear_denoiser(torch.diag(torch.tensor([4.0, 1.0, 0.25])), "gaussian", 1.0).diag()
        tensor([0.8000, 0.5000, 0.2000])

    In production: sklearn.linear_model.Ridge on corrupted copies.
    """
    if S.ndim != 2 or S.shape[0] != S.shape[1] or not torch.allclose(S, S.T):
        raise ValueError(f"S must be a symmetric matrix of moments, got shape {tuple(S.shape)}")
    if kind == "gaussian":
        if not amount >= 0:
            raise ValueError(f"the standard deviation must be at least 0, got {amount}")
        cross, noisy = S, S + amount**2 * torch.eye(len(S)).to(S)
        return _divide(cross, noisy)
    require_probability(amount, "amount")
    q = 1 - amount
    if kind == "masking":
        return _divide(q * S, q**2 * S + q * amount * S.diag().diag())
    if kind != "salt_and_pepper":
        raise ValueError(f"kind must be 'gaussian', 'masking' or 'salt_and_pepper', got {kind!r}")
    if mean is None or mean.shape != S.shape[:1]:
        got = "none" if mean is None else tuple(mean.shape)
        raise ValueError(f"'salt_and_pepper' needs the mean, shape ({len(S)},), got {got}")
    cross = q * S + amount / 2 * mean[:, None]
    noisy = q**2 * S + q * amount / 2 * (mean[:, None] + mean) + amount**2 / 4
    on_the_diagonal = torch.eye(len(S), dtype=torch.bool, device=S.device)
    return _divide(cross, torch.where(on_the_diagonal, q * S + amount / 2, noisy))


def _divide(cross: Tensor, noisy: Tensor) -> Tensor:
    """The product with the inverse, or with the pseudo-inverse where there is none."""
    return cross @ torch.linalg.pinv(noisy, hermitian=True)


def denoiser_to_score(
    denoised: Float[Tensor, "*shape"], noisy: Float[Tensor, "*shape"], sigma: float
) -> Float[Tensor, "*shape"]:
    r"""The slope of the noisy data's log density, from the best guess of what is under the noise.

    By Tweedie's formula it is $(E[x \mid \tilde x] - \tilde x) / \sigma^2$: what a denoiser for
    Gaussian noise changes points to where data are denser.

    Args:
        denoised: the denoiser's output $r(\tilde x)$, any shape.
        noisy: its input $\tilde x$, of the same shape.
        sigma: standard deviation of the noise that it was trained with.

    Returns:
        The score, of the same shape; exact if the denoiser returns the posterior mean.

    Raises:
        ValueError: shapes differ, or a sigma that is not positive.

    Equation: :eq:`eq-denoiser-score`.
    Section: :ref:`sec-denoising-autoencoders`.

    Source: Alain, Bengio (2014), What regularized auto-encoders learn from the data-generating
        distribution, JMLR 15; Robbins (1956), An empirical Bayes approach to statistics.

    Example:
        >>> noisy = torch.tensor([2.0])
        >>> denoiser_to_score(noisy / 2, noisy, 1.0)
        tensor([-1.])

    In production: the schedulers of diffusers, with prediction_type="sample".
    """
    if denoised.shape != noisy.shape:
        raise ValueError(
            f"denoised and noisy differ in shape: {tuple(denoised.shape)} and {tuple(noisy.shape)}"
        )
    if not sigma > 0:
        raise ValueError(f"sigma must be positive, got {sigma}")
    return (denoised - noisy) / sigma**2
