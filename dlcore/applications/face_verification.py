"""Faces as vectors: the same person or not, and who of a list."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


class FaceEncoder(nn.Module):
    """A small convolutional network from face images to vectors of length 1.

    Args:
        embedding_dim: length of the vectors, d.
        in_channels: channels of the images.
        width: channels of the first convolution; each of the three halves the image's sides and
            doubles the channels.

    Raises:
        ValueError: sizes that are not positive; in `forward`, images with other channels or of
            less than 8 pixels a side.

    Section: :ref:`sec-face-recognition`.

    Source: Schroff, Kalenichenko, Philbin (2015), FaceNet, arXiv:1503.03832, at a size that learns
        in seconds.

    Example:
        >>> FaceEncoder(16)(torch.rand(2, 3, 32, 32)).shape
        torch.Size([2, 16])

    In production: insightface, facenet-pytorch.
    """

    def __init__(self, embedding_dim: int = 32, in_channels: int = 3, width: int = 16) -> None:
        super().__init__()
        if min(embedding_dim, in_channels, width) < 1:
            raise ValueError(
                f"sizes must be at least 1, got {embedding_dim}, {in_channels} and {width}"
            )
        self.in_channels = in_channels
        layers: list[nn.Module] = []
        channels = in_channels
        for i in range(3):
            wider = width * 2**i
            layers += [nn.Conv2d(channels, wider, 3, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(wider), nn.ReLU(), nn.MaxPool2d(2)]
            channels = wider
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(4), nn.Flatten())
        self.head = nn.Linear(16 * channels, embedding_dim)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        """Vectors of length 1, shape (n, d)."""
        if x.ndim != 4 or x.shape[1] != self.in_channels or min(x.shape[2:]) < 8:
            raise ValueError(
                f"expected images (n, {self.in_channels}, h, w) of 8 pixels or more a side, got "
                f"{tuple(x.shape)}"
            )
        return nn.functional.normalize(self.head(self.features(x)))


def _require_vectors(a: Tensor, b: Tensor) -> None:
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ValueError(
            f"expected vectors (n, d) and (m, d), got {tuple(a.shape)} and {tuple(b.shape)}"
        )


def verify(
    a: Float[Tensor, "n d"], b: Float[Tensor, "n d"], threshold: float
) -> Bool[Tensor, " n"]:
    """Whether two vectors belong to one person: their cosine is at least the threshold.

    Args:
        a: vectors, shape (n, d).
        b: the other of each pair, shape (n, d).
        threshold: chosen on other people, for a rate of false acceptances that one can bear.

    Returns:
        Shape (n,).

    Raises:
        ValueError: shapes that differ.

    Equation: :eq:`eq-cosine-similarity`.
    Section: :ref:`sec-face-verification`.

    Source: Schroff, Kalenichenko, Philbin (2015), FaceNet, arXiv:1503.03832, section 4.

    Example:
        >>> verify(torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 1.0]]), threshold=0.7)
        tensor([True])

    In production: torch.nn.functional.cosine_similarity(a, b) >= threshold.
    """
    _require_vectors(a, b)
    if a.shape != b.shape:
        raise ValueError(f"expected pairs, got {len(a)} and {len(b)} vectors")
    return nn.functional.cosine_similarity(a, b) >= threshold


def identify(
    probes: Float[Tensor, "n d"], gallery: Float[Tensor, "m d"], threshold: float
) -> Int[Tensor, " n"]:
    """Who of a list each probe is: the nearest, or nobody if even that one is not near enough.

    Args:
        probes: vectors, shape (n, d).
        gallery: one vector a person, shape (m, d).
        threshold: the least cosine of a match.

    Returns:
        The row of the gallery, or -1, shape (n,).

    Raises:
        ValueError: shapes that do not fit, or an empty gallery.

    Equation: :eq:`eq-false-match`.
    Section: :ref:`sec-face-verification`.

    Source: ISO/IEC 19795-1:2021, Biometric performance testing and reporting.

    Example:
        >>> gallery = torch.eye(2)
        >>> identify(torch.tensor([[0.1, 0.9], [-1.0, -1.0]]), gallery, threshold=0.8)
        tensor([ 1, -1])

    In production: an index of nearest neighbours, such as faiss.
    """
    _require_vectors(probes, gallery)
    if not len(gallery):
        raise ValueError("the gallery is empty")
    cosine = nn.functional.normalize(probes) @ nn.functional.normalize(gallery).T
    best, who = cosine.max(dim=1)
    return who.where(best >= threshold, torch.full_like(who, -1))


def verification_scores(
    embeddings: Float[Tensor, "n d"], y: Int[Tensor, " n"]
) -> tuple[Float[Tensor, " g"], Float[Tensor, " i"]]:
    """The cosines of all pairs: of those of one person, and of those of two.

    Args:
        embeddings: vectors, shape (n, d).
        y: the persons' numbers, shape (n,).

    Returns:
        Genuine and impostor scores, for `dlcore.evaluation.equal_error_rate`. Pairs share images,
        so they are not independent: intervals need whole persons left out.

    Raises:
        ValueError: shapes that do not fit.

    Section: :ref:`sec-face-verification`.

    Source: ISO/IEC 19795-1:2021, Biometric performance testing and reporting.

    Example:
        >>> x = torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
        >>> verification_scores(x, torch.tensor([0, 0, 1]))
        (tensor([1.]), tensor([0., 0.]))

    In production: torch.triu_indices and a comparison.
    """
    if embeddings.ndim != 2 or y.shape != embeddings.shape[:1]:
        raise ValueError(
            f"expected vectors (n, d) and n persons, got {tuple(embeddings.shape)} and "
            f"{tuple(y.shape)}"
        )
    unit = nn.functional.normalize(embeddings)
    i, j = torch.triu_indices(len(y), len(y), offset=1, device=y.device)
    scores, same = (unit @ unit.T)[i, j], y[i] == y[j]
    return scores[same], scores[~same]


def batch_hard_triplets(
    embeddings: Float[Tensor, "n d"], y: Int[Tensor, " n"]
) -> tuple[Int[Tensor, " k"], Int[Tensor, " k"], Int[Tensor, " k"]]:
    """For every image the farthest of its own person, and the nearest of another.

    Most triplets are easy and teach nothing; these are the hardest of the batch.

    Args:
        embeddings: vectors, shape (n, d).
        y: the persons' numbers, shape (n,).

    Returns:
        Indices of anchors, positives and negatives; images without either are left out.

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-triplet-loss`.
    Section: :ref:`sec-face-recognition`.

    Source: Hermans, Beyer, Leibe (2017), In defense of the triplet loss for person
        re-identification, arXiv:1703.07737.

    Example:
        >>> x = torch.tensor([[0.0], [1.0], [5.0], [3.0]])
        >>> [t.tolist() for t in batch_hard_triplets(x, torch.tensor([0, 0, 0, 1]))]
        [[0, 1, 2], [2, 2, 0], [3, 3, 3]]

    In production: pytorch_metric_learning.miners.BatchHardMiner.
    """
    if embeddings.ndim != 2 or y.shape != embeddings.shape[:1]:
        raise ValueError(
            f"expected vectors (n, d) and n persons, got {tuple(embeddings.shape)} and "
            f"{tuple(y.shape)}"
        )
    distance = torch.cdist(embeddings.detach(), embeddings.detach())
    same, other = y[:, None] == y, y[:, None] != y
    same = same & ~torch.eye(len(y), dtype=torch.bool, device=y.device)
    positive = distance.masked_fill(~same, -1).argmax(dim=1)
    negative = distance.masked_fill(~other, torch.inf).argmin(dim=1)
    anchor = (same.any(dim=1) & other.any(dim=1)).nonzero().squeeze(1)
    return anchor, positive[anchor], negative[anchor]
