"""Two networks that meet in a dot product: scores for people and things never seen before, too."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn import MLP


class TwoTower(nn.Module):
    r"""Score pairs by $f(u)^\top g(v)$ with one network for each side.

    The towers see features, not numbers of rows in a table: an item without a single rating has a
    score at once, and the items' vectors can be computed in advance and searched.

    Args:
        user_features: numbers that describe a user.
        item_features: numbers that describe an item.
        dimension: of the vectors that meet.
        hidden: units of the hidden layers of both towers; without any the score is bilinear.

    Attributes:
        user_tower: f.
        item_tower: g.

    Raises:
        ValueError: a size below 1.

    Equation: :eq:`eq-two-tower`.
    Section: :ref:`sec-recommenders`.

    Source: Yi et al. (2019), Sampling-bias-corrected neural modeling for large corpus item
    recommendations, doi:10.1145/3298689.3346996.

    Example:
        >>> import torch
        >>> model = TwoTower(3, 5, dimension=2)
        >>> model(torch.zeros(7, 3), torch.zeros(11, 5)).shape
        torch.Size([7, 11])

    In production: torchrec, tensorflow_recommenders.
    """

    def __init__(
        self,
        user_features: int,
        item_features: int,
        *,
        dimension: int = 16,
        hidden: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.user_tower = MLP([user_features, *hidden, dimension])
        self.item_tower = MLP([item_features, *hidden, dimension])

    def forward(
        self, users: Float[Tensor, "b d_user"], items: Float[Tensor, "m d_item"]
    ) -> Float[Tensor, "b m"]:
        """Scores of all pairs."""
        return self.user_tower(users) @ self.item_tower(items).T


def in_batch_softmax_loss(
    scores: Float[Tensor, "b b"], log_popularity: Float[Tensor, " b"] | None = None
) -> Float[Tensor, ""]:
    r"""Cross-entropy of the item that was chosen among those that the others in the batch chose.

    Popular items turn up as wrong answers too often; subtracting $\log q$ from their scores makes
    the loss that of a softmax over all items, on average.

    Args:
        scores: of user i and the item that user j chose, shape (b, b): right on the diagonal.
        log_popularity: log q of each item in the batch, its chance to be in a batch, shape (b,).

    Returns:
        The mean loss.

    Raises:
        ValueError: scores that are not square, or not one popularity for each item.

    Equation: :eq:`eq-two-tower`.
    Section: :ref:`sec-recommenders`.

    Source: Yi et al. (2019), Sampling-bias-corrected neural modeling for large corpus item
    recommendations, doi:10.1145/3298689.3346996.

    Example:
        >>> import torch
        >>> f"{in_batch_softmax_loss(torch.zeros(4, 4)):.4f}"
        '1.3863'

    In production: tensorflow_recommenders.tasks.Retrieval.
    """
    b = len(scores)
    if not b or scores.shape != (b, b):
        raise ValueError(f"scores of shape (b, b) are needed, got {tuple(scores.shape)}")
    if log_popularity is not None:
        if log_popularity.shape != (b,):
            raise ValueError(f"{b} items need as many, got shape {tuple(log_popularity.shape)}")
        scores = scores - log_popularity
    return -scores.log_softmax(1).diagonal().mean()
