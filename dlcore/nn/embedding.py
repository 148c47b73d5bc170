"""Tokens as vectors that are learned."""

import torch
from jaxtyping import Float, Integer
from torch import Tensor, nn

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel
from dlcore.nn.linear import are_sizes


class Embedding(nn.Module):
    """A table with one row a token: what a matrix does to one-hot vectors, without multiplying.

    Args:
        num_embeddings: how many tokens there are, V.
        embedding_dim: length of their vectors, d.
        padding_idx: a token whose vector starts at 0 and gets no gradient, or None.
        device: where the table lives.
        dtype: its type; by default torch's default.

    Attributes:
        weight: E, shape (V, d), started from a standard Gaussian.

    Raises:
        ValueError: a size that is no whole number of at least 1, a token that is not in 0..V-1.

    Section: :ref:`sec-language-model`.

    Source: Bengio, Ducharme, Vincent, Jauvin (2003), A neural probabilistic language model, Journal
        of Machine Learning Research 3.

    Example:
        >>> table = Embedding(4, 2)
        >>> table(torch.tensor([[3, 0, 3]])).shape
        torch.Size([1, 3, 2])

    In production: torch.nn.Embedding.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        if not are_sizes(num_embeddings, embedding_dim):
            sizes = f"{num_embeddings!r} and {embedding_dim!r}"
            raise ValueError(f"sizes must be whole numbers of at least 1, got {sizes}")
        if padding_idx is not None and not 0 <= padding_idx < num_embeddings:
            raise ValueError(f"padding_idx must lie in 0..{num_embeddings - 1}, got {padding_idx}")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = padding_idx
        self.weight = nn.Parameter(
            torch.empty(num_embeddings, embedding_dim, device=device, dtype=dtype)
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the table anew, as torch does."""
        nn.init.normal_(self.weight)
        if self.padding_idx is not None:
            with torch.no_grad():
                self.weight[self.padding_idx] = 0

    def forward(self, tokens: Integer[Tensor, "*shape"]) -> Float[Tensor, "*shape d"]:
        """The rows of the table at these tokens, shape (..., d)."""
        if tokens.numel() and not 0 <= int(tokens.min()) <= int(tokens.max()) < len(self.weight):
            raise ValueError(
                f"tokens must lie in 0..{len(self.weight) - 1}, "
                f"got {int(tokens.min())}..{int(tokens.max())}"
            )
        if runs_kernel(tokens, self.weight):
            return kernels.embedding(tokens.long(), self.weight, self.padding_idx)
        rows = self.weight[tokens.long()]
        if self.padding_idx is None:
            return rows
        return torch.where((tokens == self.padding_idx)[..., None], rows.detach(), rows)

    def extra_repr(self) -> str:
        """The sizes, as printing the layer shows them."""
        return f"{self.num_embeddings}, {self.embedding_dim}"
