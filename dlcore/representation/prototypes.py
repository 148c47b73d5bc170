"""Few-shot classification by the nearest mean."""

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.representation.few_shot_tasks import count_classes


def class_prototypes(
    z: Float[Tensor, "s d"], labels: Int[Tensor, " s"], n_classes: int | None = None
) -> Float[Tensor, "c d"]:
    """The mean vector of each class.

    Args:
        z: vectors, shape (s, d).
        labels: their classes, from 0, shape (s,).
        n_classes: c; default one more than the largest label.

    Returns:
        Shape (c, d), with gradients to z.

    Raises:
        ValueError: shapes that do not fit, labels out of range, or a class without examples.

    Equation: :eq:`eq-prototypes`
    Section: :ref:`sec-prototypical-networks`
    Source: Snell, Swersky, Zemel (2017), Prototypical networks for few-shot learning,
        arXiv:1703.05175.

    Example:
        >>> z = torch.tensor([[0.0, 0.0], [2.0, 0.0], [4.0, 4.0], [4.0, 6.0]])
        >>> class_prototypes(z, torch.tensor([0, 0, 1, 1]))
        tensor([[1., 0.],
                [4., 5.]])

    In production: sklearn.neighbors.NearestCentroid.
    """
    c = count_classes("class_prototypes", z, labels, z, n_classes)
    members = F.one_hot(labels.long(), c).to(z)
    counts = members.sum(0)
    if not counts.all():
        empty = (counts == 0).nonzero().flatten().tolist()
        raise ValueError(f"class_prototypes: classes without examples: {empty}")
    return members.T @ z / counts[:, None]


def prototypical_loss(
    support: Float[Tensor, "s d"],
    support_labels: Int[Tensor, " s"],
    query: Float[Tensor, "q d"],
    query_labels: Int[Tensor, " q"],
) -> Float[Tensor, ""]:
    r"""Cross-entropy of the queries with $-\lVert z - c_k \rVert^2$ as scores of the classes.

    Args:
        support: vectors with known classes, shape (s, d).
        support_labels: shape (s,), from 0, each class at least once.
        query: vectors to classify, shape (q, d).
        query_labels: shape (q,).

    Returns:
        The mean loss, with gradients to support and query.

    Raises:
        ValueError: shapes that do not fit, labels out of range, or a class without support.

    Equations: :eq:`eq-prototypes`, :eq:`eq-prototypical`
    Section: :ref:`sec-prototypical-networks`
    Source: Snell, Swersky, Zemel (2017), Prototypical networks for few-shot learning,
        arXiv:1703.05175.

    Example:
        >>> support = torch.tensor([[0.0, 0.0], [2.0, 0.0], [4.0, 4.0], [4.0, 6.0]])
        >>> query = torch.tensor([[2.5, 2.0]])
        >>> loss = prototypical_loss(support, torch.tensor([0, 0, 1, 1]), query, torch.tensor([0]))
        >>> round((-loss).exp().item(), 4)
        0.9933

    In production: the same lines.
    """
    prototypes = class_prototypes(support, support_labels)
    count_classes("prototypical_loss", query, query_labels, prototypes, len(prototypes))
    return F.cross_entropy(_scores(prototypes, query), query_labels.long())


class PrototypicalNetwork(nn.Module):
    """Classify by the nearest prototype, in the space of an encoder.

    The scores are linear in the encoded query: for fixed features it is a linear classifier that
    needs no fitting.

    Args:
        encoder: maps inputs to vectors, (b, ...) to (b, d).

    Raises:
        ValueError: in use, as `class_prototypes`.

    Equation: :eq:`eq-prototypical`
    Section: :ref:`sec-prototypical-networks`
    Source: Snell, Swersky, Zemel (2017), Prototypical networks for few-shot learning,
        arXiv:1703.05175.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [10.0]])
        >>> PrototypicalNetwork(nn.Identity())(X[[0, 2]], torch.tensor([0, 1]), X[[1]])
        tensor([[ -1., -81.]])

    In production: learn2learn or easyfsl.
    """

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self,
        support_x: Shaped[Tensor, "s ..."],
        support_y: Int[Tensor, " s"],
        query_x: Shaped[Tensor, "q ..."],
    ) -> Float[Tensor, "q c"]:
        """The scores of the classes for each query; both parts pass the encoder together."""
        z = self.encoder(torch.cat([support_x, query_x]))
        return _scores(class_prototypes(z[: len(support_x)], support_y), z[len(support_x) :])


def _scores(prototypes: Tensor, z: Tensor) -> Tensor:
    """Squared distances, negative: the nearer, the higher."""
    return -(z[:, None] - prototypes).square().sum(2)
