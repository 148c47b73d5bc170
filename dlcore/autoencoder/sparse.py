"""Autoencoders whose code may be wide, but in which few units are active at a time."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.autoencoder.reconstruction import reconstruction_loss
from dlcore.autoencoder.undercomplete import Autoencoder


def l1_activation_penalty(h: Float[Tensor, "b m"]) -> Float[Tensor, ""]:
    r"""The sum of the activations' magnitudes, $\sum_j \lvert h_j \rvert$, averaged over the batch.

    On its own it asks for small codes, not for sparse ones: a decoder that grows by as much as the
    code shrinks rebuilds the same. `normalize_decoder_` closes that way out.

    Args:
        h: codes, shape (b, m).

    Returns:
        A scalar, without a weight.

    Raises:
        ValueError: no batch of codes.

    Equation: :eq:`eq-sparse-autoencoder`.
    Section: :ref:`sec-sparse-autoencoders`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 14.2.1.

    Example:
        >>> l1_activation_penalty(torch.tensor([[1.0, -2.0], [0.0, 1.0]]))
        tensor(2.)

    In production: h.abs().sum(1).mean().
    """
    _require_codes(h)
    return h.abs().sum(1).mean()


def kl_sparsity_penalty(h: Float[Tensor, "b m"], rho: float = 0.05) -> Float[Tensor, ""]:
    r"""How far each unit's mean activation is from a wanted small one, in nats, summed over units.

    $\sum_j D_{KL}(\mathrm{Bern}(\rho) \Vert \mathrm{Bern}(\hat\rho_j))$ with $\hat\rho_j$ the mean
    of $h_j$ over the batch, which must be large enough for that mean to say something.

    Args:
        h: activations in [0, 1], shape (b, m), as of a sigmoid.
        rho: the wanted mean, in (0, 1).

    Returns:
        A scalar; infinite for a unit that is always 0 or always 1.

    Raises:
        ValueError: no batch of codes, activations outside [0, 1], or rho outside (0, 1).

    Equation: :eq:`eq-kl-sparsity`.
    Section: :ref:`sec-sparse-autoencoders`.

    Source: Lee, Ekanadham, Ng (2007), Sparse deep belief net model for visual area V2, NIPS 20;
        Ng (2011), Sparse autoencoder, CS294A lecture notes.

    Example:
        >>> kl_sparsity_penalty(torch.tensor([[0.0], [0.5]]), rho=0.25)
        tensor(0.)

    In production: torch.distributions.kl_divergence of two Bernoulli distributions.
    """
    _require_codes(h)
    if not 0 < rho < 1:
        raise ValueError(f"rho must lie between 0 and 1, got {rho}")
    if bool(((h < 0) | (h > 1)).any()):
        raise ValueError("activations must lie in [0, 1] to be read as rates: use a sigmoid")
    mean = h.mean(0)
    return (rho * (rho / mean).log() + (1 - rho) * ((1 - rho) / (1 - mean)).log()).sum()


def topk_activation(h: Float[Tensor, "*batch m"], k: int) -> Float[Tensor, "*batch m"]:
    """The k largest activations of each example, and 0 in place of all others.

    Args:
        h: activations, shape (..., m).
        k: how many to keep, 1 to m.

    Returns:
        The same shape; gradients pass through what was kept.

    Raises:
        ValueError: k outside 1..m.

    Section: :ref:`sec-sparse-autoencoders`.

    Source: Makhzani, Frey (2014), k-sparse autoencoders, arXiv:1312.5663.

    Example:
        >>> topk_activation(torch.tensor([3.0, 1.0, 2.0]), 2)
        tensor([3., 0., 2.])

    In production: torch.topk.
    """
    if not 1 <= k <= h.shape[-1]:
        raise ValueError(f"k must lie in 1..{h.shape[-1]}, the number of units, got {k}")
    values, places = h.topk(k)
    return torch.zeros_like(h).scatter(-1, places, values)


@torch.no_grad()
def normalize_decoder_(layer: nn.Module) -> nn.Module:
    """Scale each column of a decoder's weight to length 1, in place.

    A column is what one unit adds to the output. With columns of length 1 an activation means the
    same for all units, and a penalty on it cannot be paid by longer columns.

    Args:
        layer: with a weight of shape (d, m).

    Returns:
        The layer. A column of zeros stays.

    Raises:
        ValueError: the layer has no weight of two axes.

    Section: :ref:`sec-sparse-autoencoders`.

    Source: Olshausen, Field (1996), Emergence of simple-cell receptive field properties by learning
        a sparse code for natural images, doi:10.1038/381607a0.

    Example:
        >>> layer = nn.Linear(1, 2)
        >>> layer.weight.data = torch.tensor([[3.0], [4.0]])
        >>> normalize_decoder_(layer).weight.data
        tensor([[0.6000],
                [0.8000]])

    In production: torch.nn.functional.normalize(weight, dim=0).
    """
    weight = getattr(layer, "weight", None)
    if not isinstance(weight, Tensor) or weight.ndim != 2:
        raise ValueError(f"expected a layer with a weight (d, m), got {type(layer).__name__}")
    weight.copy_(nn.functional.normalize(weight, dim=0))
    return layer


class SparseAutoencoder(Autoencoder):
    r"""One hidden layer, wider than the input if you like, of which little is active at a time.

    Args:
        d: dimensions of the input.
        m: units of the code.
        penalty: "l1" adds `l1_activation_penalty` of ReLU units, "kl" adds `kl_sparsity_penalty` of
            sigmoid units, "topk" adds nothing and lets only the k largest ReLU units pass.
        weight: of the penalty, $\lambda$.
        rho: wanted mean activation, for "kl".
        k: units that pass, for "topk".
        unit_norm: whether training keeps the decoder's columns at length 1.
        options: those of `Autoencoder`, without its activations.

    Raises:
        ValueError: an unknown penalty, a negative weight, rho outside (0, 1), k missing or outside
            1..m, or unit columns with tied weights.

    Equation: :eq:`eq-sparse-autoencoder`.
    Section: :ref:`sec-sparse-autoencoders`.

    Source: Ranzato, Poultney, Chopra, LeCun (2006), Efficient learning of sparse representations
        with an energy-based model, NIPS 19; Gao et al. (2024), Scaling and evaluating sparse
        autoencoders, arXiv:2406.04093, for "topk".

    Example:
        >>> model = SparseAutoencoder(4, 10, penalty="topk", k=3)
        >>> (model.encode(torch.rand(5, 4)) > 0).sum(1).max() <= 3
        tensor(True)

    In production: SAELens, for the activations of language models.
    """

    def __init__(
        self,
        d: int,
        m: int,
        *,
        penalty: str = "l1",
        weight: float = 0.1,
        rho: float = 0.05,
        k: int | None = None,
        unit_norm: bool = True,
        **options: Any,
    ) -> None:
        if penalty not in ("l1", "kl", "topk"):
            raise ValueError(f"penalty must be 'l1', 'kl' or 'topk', got {penalty!r}")
        if not weight >= 0 or not 0 < rho < 1:
            raise ValueError(f"expected weight >= 0 and rho in (0, 1), got {weight} and {rho}")
        if penalty == "topk" and not (k and 1 <= k <= m):
            raise ValueError(f"'topk' needs k in 1..{m}, got {k}")
        if unit_norm and options.get("tied"):
            raise ValueError("unit columns change a tied encoder too: pass unit_norm=False")
        code = "sigmoid" if penalty == "kl" else "relu"
        super().__init__([d, m], code_activation=code, **options)
        self.penalty, self.weight, self.rho, self.k = penalty, weight, rho, k
        self.unit_norm = unit_norm

    def encode(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b m"]:
        """The sparse codes of inputs x."""
        h = super().encode(x)
        return topk_activation(h, self.k) if self.penalty == "topk" and self.k else h

    def loss(self, x: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
        """The mean reconstruction loss of the batch and the weighted penalty."""
        h = self.encode(x)
        loss = reconstruction_loss(self.decode(h), x, self.kind)
        if self.penalty == "l1":
            return loss + self.weight * l1_activation_penalty(h)
        if self.penalty == "kl":
            return loss + self.weight * kl_sparsity_penalty(h, self.rho)
        return loss

    def constrain_(self) -> None:
        """Bring the decoder's columns to length 1, if so wanted; training calls it."""
        if self.unit_norm:
            normalize_decoder_(self.decoder[0])

    @torch.no_grad()
    def active_share(self, x: Float[Tensor, "b d"], threshold: float = 0.0) -> float:
        """The share of units above a threshold, over all inputs; a sigmoid unit is never at 0."""
        return (self.encode(x) > threshold).to(x.dtype).mean().item()


def _require_codes(h: Tensor) -> None:
    if h.ndim != 2 or not len(h):
        raise ValueError(f"expected a batch of codes (b, m), got {tuple(h.shape)}")
