"""Spectra of images, in which enlarged or generated ones betray themselves."""

import torch
from jaxtyping import Float
from torch import Tensor


def power_spectrum(
    images: Float[Tensor, "*batch c h w"],
) -> tuple[Float[Tensor, "*batch h w"], Float[Tensor, "h w"]]:
    """How much of an image's variation each frequency carries.

    Args:
        images: shape (..., c, h, w).

    Returns:
        The squared size of the Fourier coefficients, summed over the channels and divided by the
        number of pixels, without the mean, so that they sum to the variation around it; and the
        frequency of each, 1 for the highest along an axis (half a cycle a pixel).

    Raises:
        ValueError: fewer than three axes.

    Section: :ref:`sec-deepfakes`.

    Source: Durall, Keuper, Keuper (2020), Watch your up-convolution, arXiv:2003.01826.

    Example:
        >>> power, frequency = power_spectrum(torch.eye(4)[None])
        >>> power.sum(), frequency.max()
        (tensor(3.), tensor(1.4142))

    In production: numpy.fft.fft2.
    """
    if images.ndim < 3:
        raise ValueError(f"expected images (..., c, h, w), got {tuple(images.shape)}")
    h, w = images.shape[-2:]
    centred = images - images.mean(dim=(-2, -1), keepdim=True)
    power = torch.fft.fft2(centred).abs().square().sum(dim=-3) / (h * w)
    kind = {"dtype": images.dtype, "device": images.device}
    rows, columns = (2 * torch.fft.fftfreq(n, **kind) for n in (h, w))
    return power, torch.hypot(rows[:, None], columns)


def high_frequency_ratio(
    images: Float[Tensor, "*batch c h w"], cutoff: float = 0.5
) -> Float[Tensor, "*batch"]:
    """The share of an image's variation at high frequencies.

    Enlarging by interpolation leaves too little, by inserting zeros or repeating pixels too much:
    a classifier on this one number tells such images from photographs. It is no detector of what
    others generate.

    Args:
        images: shape (..., c, h, w).
        cutoff: where high frequencies begin; 1 is half a cycle a pixel.

    Returns:
        A number in [0, 1] for each image; 0 for one of a single colour.

    Raises:
        ValueError: fewer than three axes, or a cutoff that is not positive.

    Equation: :eq:`eq-high-frequency-ratio`.
    Section: :ref:`sec-deepfakes`.

    Source: Durall, Keuper, Keuper (2020), Watch your up-convolution, arXiv:2003.01826.

    Example:
        >>> stripes = torch.tensor([0.0, 1.0] * 4).expand(1, 8, 8)
        >>> slow = (torch.arange(8) * torch.pi / 4).cos().expand(1, 8, 8)
        >>> high_frequency_ratio(torch.stack([stripes, slow])).round(decimals=2)
        tensor([1., 0.])

    In production: a network trained on many generators, and on many later ones again.
    """
    if not cutoff > 0:
        raise ValueError(f"cutoff must be positive, got {cutoff}")
    power, frequency = power_spectrum(images)
    high = (power * (frequency > cutoff)).sum(dim=(-2, -1))
    total = power.sum(dim=(-2, -1))
    noise = torch.finfo(total.dtype).eps * images.square().sum(dim=(-3, -2, -1))
    return torch.where(total > noise, high / total.clamp(min=torch.finfo(total.dtype).tiny), 0)
