"""Losses that draw partners together and push everything else in the batch away."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F


def require_pairs(name: str, a: Tensor, b: Tensor, least: int = 1) -> None:
    """Refuse what is not two matrices of one shape with enough rows."""
    if a.ndim != 2 or a.shape != b.shape or len(a) < least:
        raise ValueError(
            f"{name} needs two tensors of one shape (n, d) with n at least {least}, got "
            f"{tuple(a.shape)} and {tuple(b.shape)}"
        )


def _require_positive(temperature: float | Tensor) -> None:
    if not temperature > 0:
        raise ValueError(f"the temperature must be positive, got {temperature}")


def _similarities(z: Tensor, temperature: float) -> Tensor:
    """Cosines of all pairs over the temperature; none is its own candidate."""
    _require_positive(temperature)
    z = F.normalize(z)
    return (z @ z.T / temperature).fill_diagonal_(-torch.inf)


def nt_xent_loss(
    z1: Float[Tensor, "n d"], z2: Float[Tensor, "n d"], temperature: float = 0.5
) -> Float[Tensor, ""]:
    r"""Find the other view of the same example among all other views of the batch, by cosine.

    $-\log \frac{e^{s_{ij} / \tau}}{\sum_{k \ne i} e^{s_{ik} / \tau}}$ for the view i with its
    partner j, averaged over all 2n views: each has one partner and 2n - 2 negatives.

    Args:
        z1: first views of n examples, shape (n, d); row i belongs to row i of z2.
        z2: second views, shape (n, d).
        temperature: tau, positive; small ones mind only the nearest negatives.

    Returns:
        The mean loss: log(2n - 1) if all look alike. It never reaches 0, since n directions
        cannot all be opposite.

    Raises:
        ValueError: shapes that differ, fewer than 2 examples, a temperature that is not positive.

    Equation: :eq:`eq-nt-xent`.
    Section: :ref:`sec-simclr`.

    Source: Chen, Kornblith, Norouzi, Hinton (2020), A simple framework for contrastive learning of
        visual representations, arXiv:2002.05709.

    Example:
        >>> same = torch.ones(4, 3)
        >>> round(nt_xent_loss(same, same).exp().item(), 3)
        7.0

    In production: lightly.loss.NTXentLoss.
    """
    require_pairs("nt_xent_loss", z1, z2, least=2)
    partner = torch.arange(2 * len(z1), device=z1.device).roll(len(z1))
    return F.cross_entropy(_similarities(torch.cat([z1, z2]), temperature), partner)


def contrastive_weights(
    z1: Float[Tensor, "n d"], z2: Float[Tensor, "n d"], temperature: float = 0.5
) -> Float[Tensor, "m m"]:
    r"""How much each view minds each other one: the softmax inside of `nt_xent_loss`.

    The derivative of a view's loss by the cosine $s_{ik}$ is this weight over tau, less $1 / \tau$
    for the partner: so negatives repel by their share, and the nearest ones most.

    Args:
        z1: first views, shape (n, d).
        z2: second views, shape (n, d).
        temperature: tau, positive.

    Returns:
        Shape (2n, 2n), rows and columns in the order z1, z2; each row sums to 1, its diagonal is 0.

    Raises:
        ValueError: as in `nt_xent_loss`.

    Equation: :eq:`eq-nt-xent`.
    Section: :ref:`sec-simclr`.

    Source: Wang, Liu (2021), Understanding the behaviour of contrastive loss, arXiv:2012.09740.

    Example:
        >>> contrastive_weights(torch.ones(2, 3), torch.ones(2, 3))[0]
        tensor([0.0000, 0.3333, 0.3333, 0.3333])

    In production: torch.softmax.
    """
    require_pairs("contrastive_weights", z1, z2, least=2)
    return _similarities(torch.cat([z1, z2]), temperature).softmax(dim=1)


def supcon_loss(
    z: Float[Tensor, "n d"], labels: Int[Tensor, " n"], temperature: float = 0.1
) -> Float[Tensor, ""]:
    r"""As `nt_xent_loss`, but all others of the same class are partners, each of them in turn.

    $\frac{-1}{\lvert P(i) \rvert} \sum_{p \in P(i)} \log \frac{e^{s_{ip} / \tau}}{\sum_{k \ne i}
    e^{s_{ik} / \tau}}$, averaged over the examples i that have a partner.

    Args:
        z: vectors, shape (n, d).
        labels: their classes, shape (n,).
        temperature: tau, positive.

    Returns:
        The mean loss; with two views as the only members of each class that of `nt_xent_loss`.

    Raises:
        ValueError: shapes that do not fit, no two examples of a class, a temperature that is not
            positive.

    Equation: :eq:`eq-supervised-contrast`.
    Section: :ref:`sec-supervised-contrast`.

    Source: Khosla et al. (2020), Supervised contrastive learning, arXiv:2004.11362, equation 2.

    Example:
        >>> z = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
        >>> supcon_loss(z, torch.tensor([0, 0, 1, 1]), temperature=0.5)
        tensor(0.2395)

    In production: pytorch_metric_learning.losses.SupConLoss.
    """
    if z.ndim != 2 or labels.shape != z.shape[:1]:
        raise ValueError(
            f"supcon_loss needs vectors (n, d) and n labels, got {tuple(z.shape)} and "
            f"{tuple(labels.shape)}"
        )
    partners = (labels[:, None] == labels).fill_diagonal_(False)
    counts = partners.sum(dim=1)
    if not counts.any():
        raise ValueError("supcon_loss: no two examples belong to one class")
    log_share = _similarities(z, temperature).log_softmax(dim=1)
    total = log_share.masked_fill(~partners, 0).sum(dim=1)
    return -(total[counts > 0] / counts[counts > 0]).mean()


def clip_loss(
    a: Float[Tensor, "n d"], b: Float[Tensor, "n d"], temperature: float | Float[Tensor, ""] = 0.07
) -> Float[Tensor, ""]:
    """Which text belongs to this image, and which image to this text? Both questions, averaged.

    Args:
        a: vectors of one kind, shape (n, d).
        b: vectors of the other kind, shape (n, d); row i belongs to row i of a.
        temperature: tau, positive; a tensor may be learned.

    Returns:
        The mean of two cross-entropies over the n x n cosines, by rows and by columns.

    Raises:
        ValueError: shapes that differ, fewer than 2 pairs, a temperature that is not positive.

    Equation: :eq:`eq-clip-loss`.
    Section: :ref:`sec-two-towers`.

    Source: Radford et al. (2021), Learning transferable visual models from natural language
        supervision, arXiv:2103.00020.

    Example:
        >>> same = torch.ones(5, 3)
        >>> round(clip_loss(same, same).exp().item(), 3)
        5.0

    In production: open_clip.ClipLoss.
    """
    require_pairs("clip_loss", a, b, least=2)
    _require_positive(temperature)
    logits = F.normalize(a) @ F.normalize(b).T / temperature
    own = torch.arange(len(a), device=a.device)
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
