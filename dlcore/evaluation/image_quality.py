"""How close a restored image is to the original."""

import torch
from jaxtyping import Float
from torch import Tensor


def _require_pair(a: Tensor, b: Tensor, data_range: float) -> None:
    if a.shape != b.shape or a.ndim < 3:
        raise ValueError(
            f"expected two images (..., c, h, w) of one shape, got {tuple(a.shape)} and "
            f"{tuple(b.shape)}"
        )
    if not data_range > 0:
        raise ValueError(f"data_range must be positive, got {data_range}")


def psnr(
    a: Float[Tensor, "*batch c h w"], b: Float[Tensor, "*batch c h w"], data_range: float = 1.0
) -> Float[Tensor, "*batch"]:
    r"""The peak signal-to-noise ratio: the squared range over the mean squared error, in decibel.

    Args:
        a: images, shape (..., c, h, w).
        b: images of the same shape.
        data_range: the largest possible value less the smallest.

    Returns:
        $10 \log_{10}(R^2 / \mathrm{MSE})$ of each image; infinite for equal ones.

    Raises:
        ValueError: shapes that differ, or a range that is not positive.

    Equation: :eq:`eq-psnr`.
    Section: :ref:`sec-super-resolution`.

    Source: Huynh-Thu, Ghanbari (2008), Scope of validity of PSNR in image/video quality
        assessment, doi:10.1049/el:20080522.

    Example:
        >>> a = torch.zeros(1, 4, 4, dtype=torch.float64)
        >>> round(psnr(a, a + 0.1).item(), 6)
        20.0

    In production: skimage.metrics.peak_signal_noise_ratio.
    """
    _require_pair(a, b, data_range)
    mse = (a - b).square().mean(dim=(-3, -2, -1))
    return 10 * torch.log10(data_range**2 / mse)


def ssim(
    a: Float[Tensor, "*batch c h w"],
    b: Float[Tensor, "*batch c h w"],
    data_range: float = 1.0,
    window: int = 7,
) -> Float[Tensor, "*batch"]:
    """Structural similarity: do small windows agree in mean, contrast and pattern?

    Args:
        a: images, shape (..., c, h, w).
        b: images of the same shape.
        data_range: the largest possible value less the smallest.
        window: side of the square window, an odd number of pixels.

    Returns:
        The mean over all windows that lie within the image, and over channels: 1 for equal images,
        near 0 for unrelated ones, below 0 for opposite ones.

    Raises:
        ValueError: shapes that differ, a range that is not positive, an even window or one that
            is larger than the image.

    Equation: :eq:`eq-ssim`.
    Section: :ref:`sec-super-resolution`.

    Source: Wang, Bovik, Sheikh, Simoncelli (2004), Image quality assessment: from error visibility
        to structural similarity, doi:10.1109/TIP.2003.819861; with equal weights in the window.

    Example:
        >>> a = torch.rand(3, 16, 16, generator=torch.Generator().manual_seed(0))
        >>> round(ssim(a, a).item(), 4), ssim(a, 1 - a).item() < 0
        (1.0, True)

    In production: skimage.metrics.structural_similarity.
    """
    _require_pair(a, b, data_range)
    if window < 3 or window % 2 == 0 or window > min(a.shape[-2:]):
        raise ValueError(
            f"window must be odd, at least 3 and at most the image's side, got {window}"
        )

    def mean(x: Tensor) -> Tensor:
        return torch.nn.functional.avg_pool2d(x.flatten(0, -4), window, stride=1)

    a, b = a.unsqueeze(0), b.unsqueeze(0)
    unbiased = window**2 / (window**2 - 1)
    mean_a, mean_b = mean(a), mean(b)
    var_a = unbiased * (mean(a * a) - mean_a**2)
    var_b = unbiased * (mean(b * b) - mean_b**2)
    covariance = unbiased * (mean(a * b) - mean_a * mean_b)
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    structure = (2 * covariance + c2) / (var_a + var_b + c2)
    return (luminance * structure).mean(dim=(1, 2, 3)).reshape(a.shape[1:-3])
