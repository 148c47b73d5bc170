"""There and back again: translation between two domains without pairs."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor


def cycle_consistency_loss(
    G: Callable[[Tensor], Tensor],
    F: Callable[[Tensor], Tensor],
    x: Float[Tensor, "n ..."],
    y: Float[Tensor, "m ..."],
) -> Float[Tensor, ""]:
    r"""$\lVert F(G(x)) - x\rVert_1 + \lVert G(F(y)) - y\rVert_1$, means over entries and examples.

    Zero for any inverse pair: it says nothing about which x belongs to which y. The adversarial
    losses of both domains stand beside it.

    Args:
        G: from the domain of x to that of y.
        F: back.
        x: examples of the one domain, shape (n, ...).
        y: examples of the other, shape (m, ...).

    Returns:
        A number.

    Raises:
        ValueError: a round trip that changes the shape, or no examples.

    Equation: :eq:`eq-cycle-consistency`
    Section: :ref:`sec-cycle-gan`
    Source: Zhu, Park, Isola, Efros (2017), Unpaired image-to-image translation using
        cycle-consistent adversarial networks, arXiv:1703.10593.

    Example:
        >>> import torch
        >>> x = torch.arange(4.0).reshape(2, 2)
        >>> cycle_consistency_loss(lambda x: 2 * x, lambda y: y / 2 + 1, x, x)
        tensor(3.)

    In production: torch.nn.functional.l1_loss, twice.
    """
    total = []
    for start, back in ((x, F(G(x))), (y, G(F(y)))):
        if start.shape != back.shape or start.numel() == 0:
            raise ValueError(
                f"a round trip must keep the shape {tuple(start.shape)}, got {tuple(back.shape)}"
            )
        total.append((back - start).abs().mean())
    return total[0] + total[1]
