"""What the two players of an adversarial game minimize, from the discriminator's logits."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

from dlcore.generative.wasserstein_critic import wgan_critic_loss


def _log_loss(real: Tensor, fake: Tensor) -> Tensor:
    return softplus(-real).mean() + softplus(fake).mean()


DISCRIMINATOR_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "minimax": _log_loss,
    "non_saturating": _log_loss,
    "hinge": lambda real, fake: (1 - real).relu().mean() + (1 + fake).relu().mean(),
    "least_squares": lambda real, fake: ((real - 1).square().mean() + fake.square().mean()) / 2,
    "wasserstein": wgan_critic_loss,
}

GENERATOR_LOSSES: dict[str, Callable[[Tensor], Tensor]] = {
    "minimax": lambda fake: -softplus(fake).mean(),
    "non_saturating": lambda fake: softplus(-fake).mean(),
    "hinge": lambda fake: -fake.mean(),
    "least_squares": lambda fake: (fake - 1).square().mean() / 2,
    "wasserstein": lambda fake: -fake.mean(),
}


def _require(name: str, kind: str, *scores: Tensor) -> None:
    if kind not in GENERATOR_LOSSES:
        raise ValueError(f"{name}: kind must be one of {list(GENERATOR_LOSSES)}, got {kind!r}")
    if any(s.numel() == 0 for s in scores):
        raise ValueError(f"{name} needs scores, got shapes {[tuple(s.shape) for s in scores]}")


def discriminator_loss(
    real: Float[Tensor, "*n"], fake: Float[Tensor, "*m"], kind: str = "minimax"
) -> Float[Tensor, ""]:
    r"""What the discriminator minimizes: low where real data score high and fakes low.

    With logits s and $D = \sigma(s)$ the minimax loss is minus the value of the game,
    $-\overline{\log D(x)} - \overline{\log(1 - D(G(z)))}$, computed without a logarithm of 0.

    Args:
        real: scores of real data, any shape.
        fake: scores of fakes, detached from the generator.
        kind: "minimax" (the same as "non_saturating"), "hinge", "least_squares" or "wasserstein".

    Returns:
        A number, the sum of both means.

    Raises:
        ValueError: an unknown kind, or no scores.

    Equation: :eq:`eq-gan-value`
    Section: :ref:`sec-gan-losses`
    Source: Goodfellow et al. (2014), Generative adversarial nets, arXiv:1406.2661; hinge: Lim, Ye
        (2017), arXiv:1705.02894; least squares: Mao et al. (2017), arXiv:1611.04076.

    Example:
        >>> import torch
        >>> discriminator_loss(torch.zeros(3), torch.zeros(3))
        tensor(1.3863)

    In production: torch.nn.functional.binary_cross_entropy_with_logits, twice.
    """
    _require("discriminator_loss", kind, real, fake)
    return DISCRIMINATOR_LOSSES[kind](real, fake)


def generator_loss(fake: Float[Tensor, "*m"], kind: str = "non_saturating") -> Float[Tensor, ""]:
    r"""What the generator minimizes: low where its fakes score high.

    The minimax loss $\overline{\log(1 - D(G(z)))}$ is flat where D recognizes the fakes; the
    non-saturating $-\overline{\log D(G(z))}$ has the same fixed point and is steep there.

    Args:
        fake: scores of fakes, any shape.
        kind: "minimax", "non_saturating", "hinge", "least_squares" or "wasserstein".

    Returns:
        A number.

    Raises:
        ValueError: an unknown kind, or no scores.

    Equation: :eq:`eq-non-saturating-loss`
    Section: :ref:`sec-gan-losses`
    Source: Goodfellow et al. (2014), Generative adversarial nets, arXiv:1406.2661, section 3.

    Example:
        >>> import torch
        >>> s = torch.tensor([-5.0], requires_grad=True)
        >>> for kind in ("minimax", "non_saturating"):
        ...     print(torch.autograd.grad(generator_loss(s, kind), s)[0])
        tensor([-0.0067])
        tensor([-0.9933])

    In production: the same line.
    """
    _require("generator_loss", kind, fake)
    return GENERATOR_LOSSES[kind](fake)
