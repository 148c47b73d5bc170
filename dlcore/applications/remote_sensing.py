"""Fields seen from above."""

import torch
from jaxtyping import Float
from torch import Tensor


def ndvi(nir: Float[Tensor, "*space"], red: Float[Tensor, "*space"]) -> Float[Tensor, "*space"]:
    r"""How green a pixel is: $(NIR - R) / (NIR + R)$; leaves swallow red and throw back infrared.

    Args:
        nir: reflectance in the near infrared, at least 0.
        red: reflectance in the red, of the same shape.

    Returns:
        Between -1 and 1: water below 0, soil about 0.1 to 0.2, dense leaves above 0.6; NaN where
        both are 0.

    Raises:
        ValueError: shapes that differ or negative reflectances.

    Equation: :eq:`eq-ndvi`.
    Section: :ref:`sec-agriculture`.

    Source: Rouse, Haas, Schell, Deering (1974), Monitoring vegetation systems in the Great Plains
        with ERTS, NASA SP-351.

    Example:
        >>> ndvi(torch.tensor([0.5, 0.2, 0.0]), torch.tensor([0.1, 0.2, 0.0]))
        tensor([0.6667, 0.0000,    nan])

    In production: spyndex.
    """
    if nir.shape != red.shape:
        raise ValueError(f"shapes differ: {tuple(nir.shape)} and {tuple(red.shape)}")
    if bool((nir < 0).any() | (red < 0).any()):
        raise ValueError("reflectances must be at least 0")
    total = nir + red
    return torch.where(total > 0, (nir - red) / torch.where(total > 0, total, 1.0), torch.nan)
