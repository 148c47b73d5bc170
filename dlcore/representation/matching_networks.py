"""Few-shot classification by attention over the support."""

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.representation.few_shot_tasks import count_classes


def matching_predict(
    support: Float[Tensor, "s d"],
    support_labels: Int[Tensor, " s"],
    query: Float[Tensor, "q d"],
    n_classes: int | None = None,
    *,
    temperature: float = 1.0,
) -> Float[Tensor, "q c"]:
    r"""Each support example votes for its class, with the softmax of its cosine with the query.

    Args:
        support: vectors with known classes, shape (s, d).
        support_labels: shape (s,), from 0.
        query: vectors to classify, shape (q, d).
        n_classes: c; default one more than the largest label.
        temperature: what the cosines are divided by, positive; the paper has 1, which cannot be
            sure of anything: two classes with cosines 1 and -1 get 0.88 and 0.12.

    Returns:
        Probabilities of the classes, shape (q, c), with gradients to support and query.

    Raises:
        ValueError: shapes that do not fit, labels out of range, or a temperature that is not
            positive.

    Equation: :eq:`eq-matching-attention`
    Section: :ref:`sec-matching-networks`
    Source: Vinyals, Blundell, Lillicrap, Kavukcuoglu, Wierstra (2016), Matching networks for one
        shot learning, arXiv:1606.04080, equation 1.

    Example:
        >>> support = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]])
        >>> matching_predict(support, torch.tensor([0, 1, 1]), torch.tensor([[3.0, 0.0]]))
        tensor([[0.5761, 0.4239]])

    In production: torch.nn.functional.scaled_dot_product_attention, on unit vectors, with one-hot
    labels as values.
    """
    c = count_classes("matching_predict", support, support_labels, query, n_classes)
    if not temperature > 0:
        raise ValueError(f"matching_predict: temperature must be positive, got {temperature}")
    cosines = F.normalize(query) @ F.normalize(support).T
    attention = (cosines / temperature).softmax(dim=1)
    return attention @ F.one_hot(support_labels.long(), c).to(attention)


class MatchingNetwork(nn.Module):
    """`matching_predict` in the space of an encoder, or of one for each part.

    The paper's encoders that look at the whole support ("full context embeddings") are left out.

    Args:
        encoder: maps inputs to vectors, (b, ...) to (b, d).
        query_encoder: another one for the queries; default the same.
        temperature: of `matching_predict`.

    Raises:
        ValueError: in use, as `matching_predict`.

    Equation: :eq:`eq-matching-attention`
    Section: :ref:`sec-matching-networks`
    Source: Vinyals, Blundell, Lillicrap, Kavukcuoglu, Wierstra (2016), Matching networks for one
        shot learning, arXiv:1606.04080.

    Example:
        >>> model = MatchingNetwork(nn.Linear(4, 3))
        >>> model(torch.randn(6, 4), torch.arange(6) % 2, torch.randn(5, 4)).exp().sum(1).shape
        torch.Size([5])

    In production: learn2learn or easyfsl.
    """

    def __init__(
        self,
        encoder: nn.Module,
        query_encoder: nn.Module | None = None,
        *,
        temperature: float = 0.1,
    ) -> None:
        super().__init__()
        self.encoder, self.temperature = encoder, temperature
        self.query_encoder = encoder if query_encoder is None else query_encoder

    def forward(
        self,
        support_x: Shaped[Tensor, "s ..."],
        support_y: Int[Tensor, " s"],
        query_x: Shaped[Tensor, "q ..."],
    ) -> Float[Tensor, "q c"]:
        """Log probabilities of the classes for each query."""
        p = matching_predict(
            self.encoder(support_x),
            support_y,
            self.query_encoder(query_x),
            temperature=self.temperature,
        )
        return p.clamp(min=torch.finfo(p.dtype).tiny).log()
