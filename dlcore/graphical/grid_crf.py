"""Labels of pixels judged together: each by its own score, neighbours by how well they go along."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F


def _check(unary: Tensor, other: Tensor, expected: tuple[int, ...], compatibility: Tensor) -> None:
    k = unary.shape[1] if unary.ndim == 4 else -1
    if unary.ndim != 4 or tuple(other.shape) != expected or compatibility.shape != (k, k):
        raise ValueError(
            f"expected scores (b, k, h, w), with them {expected}, and a compatibility (k, k), got "
            f"{tuple(unary.shape)}, {tuple(other.shape)} and {tuple(compatibility.shape)}"
        )
    if not torch.equal(compatibility, compatibility.T):
        raise ValueError("the compatibility must be symmetric: neighbours have no order")


def _support(q: Tensor, compatibility: Tensor) -> Float[Tensor, "b k h w"]:
    """What the upper, lower, left and right neighbours say for each label."""
    padded = F.pad(q, (1, 1, 1, 1))
    around = padded[..., 2:, 1:-1] + padded[..., :-2, 1:-1]
    around = around + padded[..., 1:-1, 2:] + padded[..., 1:-1, :-2]
    return torch.einsum("kl,blhw->bkhw", compatibility, around)


def grid_score(
    unary: Float[Tensor, "b k h w"],
    labels: Int[Tensor, "b h w"],
    compatibility: Float[Tensor, "k k"],
) -> Float[Tensor, " b"]:
    """The score of given labels: their own scores, and that of each pair of neighbours.

    Args:
        unary: the score of each label at each pixel, shape (b, k, h, w).
        labels: shape (b, h, w).
        compatibility: the score of two labels side by side, symmetric, shape (k, k).

    Returns:
        Shape (b,): log-probabilities up to the constant log Z.

    Raises:
        ValueError: shapes that do not fit, a compatibility that is not symmetric, labels outside
            0..k - 1.

    Equation: :eq:`eq-grid-crf`.
    Section: :ref:`sec-cnn-crf`.

    Source: Lafferty, McCallum, Pereira (2001), Conditional random fields, ICML.

    Example:
        >>> labels = torch.tensor([[[0, 0], [0, 1]]])
        >>> grid_score(torch.zeros(1, 2, 2, 2), labels, torch.eye(2))
        tensor([2.])

    In production: this.
    """
    _check(unary, labels, (len(unary), *unary.shape[2:]), compatibility)
    k = unary.shape[1]
    if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < k:
        raise ValueError(f"labels must lie in 0..{k - 1}")
    own = unary.gather(1, labels[:, None]).sum((1, 2, 3))
    down = compatibility[labels[:, 1:], labels[:, :-1]].sum((1, 2))
    right = compatibility[labels[:, :, 1:], labels[:, :, :-1]].sum((1, 2))
    return own + down + right


def grid_bound(
    q: Float[Tensor, "b k h w"],
    unary: Float[Tensor, "b k h w"],
    compatibility: Float[Tensor, "k k"],
) -> Float[Tensor, " b"]:
    """A lower bound of log Z: the mean score under independent pixels, and their entropy.

    What is missing to log Z is the Kullback-Leibler divergence of q from the random field.

    Args:
        q: how probable each label is at each pixel, summing to 1, shape (b, k, h, w).
        unary: the score of each label at each pixel, shape (b, k, h, w).
        compatibility: the score of two labels side by side, symmetric, shape (k, k).

    Returns:
        Shape (b,), in nats.

    Raises:
        ValueError: shapes that do not fit, a compatibility that is not symmetric.

    Equation: :eq:`eq-grid-bound`.
    Section: :ref:`sec-cnn-crf`.

    Source: Wainwright, Jordan (2008), Graphical models, exponential families, and variational
        inference, doi:10.1561/2200000001.

    Example:
        >>> half = torch.full((1, 2, 1, 1), 0.5)
        >>> grid_bound(half, torch.zeros(1, 2, 1, 1), torch.eye(2)).exp()
        tensor([2.])

    In production: this.
    """
    _check(unary, q, tuple(unary.shape), compatibility)
    each = q * (unary + _support(q, compatibility) / 2) - torch.xlogy(q, q)
    return each.sum((1, 2, 3))


def grid_mean_field(
    unary: Float[Tensor, "b k h w"], compatibility: Float[Tensor, "k k"], iterations: int = 5
) -> Float[Tensor, "b k h w"]:
    """Approximate each pixel's probabilities: again and again from those of its neighbours.

    The pixels are coloured like a chessboard. White ones have only black neighbours, so that all of
    them can change at once, then all black ones, and `grid_bound` never falls.

    Args:
        unary: the score of each label at each pixel, shape (b, k, h, w).
        compatibility: the score of two labels side by side, symmetric, shape (k, k).
        iterations: how often both colours change; 0 leaves the softmax of the scores.

    Returns:
        The logarithms of the probabilities, shape (b, k, h, w).

    Raises:
        ValueError: shapes that do not fit, a compatibility that is not symmetric, a negative
            number of iterations.

    Equation: :eq:`eq-grid-mean-field`.
    Section: :ref:`sec-cnn-crf`.

    Source: Zheng et al. (2015), Conditional random fields as recurrent neural networks,
        arXiv:1502.03240, who let all pixels change at once.

    Example:
        >>> unary = torch.zeros(1, 2, 1, 2)
        >>> unary[0, 0, 0, 0] = 3.0
        >>> grid_mean_field(unary, torch.eye(2)).exp()[0, 0].round(decimals=2)
        tensor([[0.9700, 0.7200]])

    In production: this as a layer, `MeanFieldCRF`.
    """
    _check(unary, unary, tuple(unary.shape), compatibility)
    if iterations < 0:
        raise ValueError(f"iterations must not be negative, got {iterations}")
    h, w = (torch.arange(n, device=unary.device) for n in unary.shape[2:])
    white = (h[:, None] + w) % 2 == 0
    log_q = unary.log_softmax(1)
    for _ in range(iterations):
        for turn in (white, ~white):
            told = (unary + _support(log_q.exp(), compatibility)).log_softmax(1)
            log_q = told.where(turn, log_q)
    return log_q


class MeanFieldCRF(nn.Module):
    """A random field over the pixels' labels on top of any network: mean field, unrolled.

    Exact training is out of reach, as the cost of log Z grows exponentially with the side of a
    grid; the steps of the approximation are layers, through which gradients flow.

    Args:
        num_classes: k.
        iterations: how often the pixels hear their neighbours.
        strength: the score of equal neighbours at first; others have 0.

    Attributes:
        weight: shape (k, k); the compatibility is its symmetric part.

    Raises:
        ValueError: no class; in use, what `grid_mean_field` rejects.

    Equation: :eq:`eq-grid-mean-field`.
    Section: :ref:`sec-cnn-crf`.

    Source: Zheng et al. (2015), Conditional random fields as recurrent neural networks,
        arXiv:1502.03240.

    Example:
        >>> crf = MeanFieldCRF(3)
        >>> log_q = crf(torch.randn(2, 3, 8, 8))
        >>> nn.functional.nll_loss(log_q, torch.zeros(2, 8, 8, dtype=torch.long)).shape
        torch.Size([])

    In production: a network whose own layers see far enough.
    """

    def __init__(self, num_classes: int, iterations: int = 5, *, strength: float = 1.0) -> None:
        super().__init__()
        if num_classes < 1:
            raise ValueError(f"num_classes must be at least 1, got {num_classes}")
        self.iterations = iterations
        self.weight = nn.Parameter(strength * torch.eye(num_classes))

    @property
    def compatibility(self) -> Float[Tensor, "k k"]:
        """The score of two labels side by side, shape (k, k)."""
        return (self.weight + self.weight.T) / 2

    def forward(self, unary: Float[Tensor, "b k h w"]) -> Float[Tensor, "b k h w"]:
        """Log-probabilities of the labels from their scores, for torch.nn.functional.nll_loss."""
        return grid_mean_field(unary, self.compatibility, self.iterations)
