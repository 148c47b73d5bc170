"""A critic in place of the discriminator, held to slopes of at most 1."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn


def wgan_critic_loss(real: Float[Tensor, "*n"], fake: Float[Tensor, "*m"]) -> Float[Tensor, ""]:
    r"""$\overline{f(G(z))} - \overline{f(x)}$, the critic's loss.

    Args:
        real: scores of real data, any shape.
        fake: scores of fakes, any shape.

    Returns:
        A number; minus it is what the dual of the distance maximizes over 1-Lipschitz f.

    Raises:
        ValueError: no scores.

    Equation: :eq:`eq-wasserstein-dual`
    Section: :ref:`sec-wasserstein-gan`
    Source: Arjovsky, Chintala, Bottou (2017), Wasserstein GAN, arXiv:1701.07875.

    Example:
        >>> wgan_critic_loss(torch.tensor([3.0, 5.0]), torch.tensor([1.0]))
        tensor(-3.)

    In production: the same line.
    """
    if real.numel() == 0 or fake.numel() == 0:
        raise ValueError(
            f"wgan_critic_loss needs scores, got shapes {tuple(real.shape)}, {tuple(fake.shape)}"
        )
    return fake.mean() - real.mean()


def gradient_penalty(
    critic: Callable[[Tensor], Tensor],
    real: Float[Tensor, "n ..."],
    fake: Float[Tensor, "n ..."],
    *,
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    r"""$\overline{(\lVert\nabla f(\hat x)\rVert - 1)^2}$ at points between real and fake examples.

    Each $\hat x = ux + (1 - u)G(z)$ has its own u, uniform. The best critic has slope 1 along such
    lines almost everywhere. No batch normalization in the critic: it would mix the examples.

    Args:
        critic: examples to one score each, (n, ...) to (n,) or (n, 1).
        real: real data, shape (n, ...).
        fake: as many fakes.
        generator: source of u; default torch's global one.

    Returns:
        A number through which the critic's parameters can be trained.

    Raises:
        ValueError: shapes that differ, no examples, or not one score for each.

    Equation: :eq:`eq-gradient-penalty`
    Section: :ref:`sec-wasserstein-gan`
    Source: Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville (2017), Improved training of
        Wasserstein GANs, arXiv:1704.00028.

    Example:
        >>> gradient_penalty(lambda x: 3 * x, torch.zeros(4, 1), torch.ones(4, 1))
        tensor(4.)

    In production: the same lines.
    """
    if real.shape != fake.shape or real.ndim < 2 or len(real) == 0:
        raise ValueError(
            f"gradient_penalty needs real and fake of one shape (n, ...), got "
            f"{tuple(real.shape)} and {tuple(fake.shape)}"
        )
    where = generator.device if generator else real.device
    u = torch.rand(len(real), generator=generator, dtype=real.dtype, device=where)
    u = u.to(real.device).reshape(-1, *[1] * (real.ndim - 1))
    with torch.enable_grad():
        between = (u * real + (1 - u) * fake).detach().requires_grad_()
        scores = critic(between)
        if scores.numel() != len(real):
            raise ValueError(
                f"the critic must give one score each, got {tuple(scores.shape)} for {len(real)}"
            )
        slope = torch.autograd.grad(scores.sum(), between, create_graph=True)[0]
        return (slope.flatten(1).norm(dim=1) - 1).square().mean()


@torch.no_grad()
def clip_weights_(module: nn.Module, limit: float = 0.01) -> nn.Module:
    """Cut every parameter to [-limit, limit], in place: a crude bound on the slopes.

    Args:
        module: the critic.
        limit: positive.

    Returns:
        The module itself.

    Raises:
        ValueError: limit is not positive.

    Equation: :eq:`eq-wasserstein-dual`
    Section: :ref:`sec-wasserstein-gan`
    Source: Arjovsky, Chintala, Bottou (2017), Wasserstein GAN, arXiv:1701.07875, algorithm 1.

    Example:
        >>> layer = torch.nn.Linear(1, 1)
        >>> _ = layer.weight.data.fill_(3.0)
        >>> clip_weights_(layer, 0.5).weight.item()
        0.5

    In production: `gradient_penalty` or spectral normalization.
    """
    if not limit > 0:
        raise ValueError(f"limit must be positive, got {limit}")
    for parameter in module.parameters():
        parameter.clamp_(-limit, limit)
    return module
