"""Dropout: units, channels or whole features of a sequence, silenced at random in training."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel


def require_probability(p: float, name: str = "p") -> None:
    """Raise ValueError unless 0 <= p <= 1."""
    if not 0 <= p <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {p}")


def _empty_mask(x: Tensor, noise_shape: tuple[int, ...] | None) -> Tensor:
    if noise_shape is None:
        return torch.empty_like(x)
    if len(noise_shape) != x.ndim or any(
        size not in (1, whole) for size, whole in zip(noise_shape, x.shape, strict=True)
    ):
        raise ValueError(
            f"noise_shape must have sizes of the input {tuple(x.shape)} or 1, got {noise_shape}"
        )
    return x.new_empty(noise_shape)


def dropout(
    x: Float[Tensor, "*shape"],
    p: float = 0.5,
    training: bool = True,
    *,
    inverted: bool = True,
    noise_shape: tuple[int, ...] | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*shape"]:
    """Set each entry to 0 with probability p.

    Args:
        x: activations, any shape.
        p: the probability of dropping an entry, not of keeping it.
        training: whether to drop at all.
        inverted: divide what is kept by 1 - p, so that nothing is left to do outside training.
            If False, as at first proposed, x is multiplied by 1 - p outside training instead.
        noise_shape: shape of the mask, by default that of x; along a size of 1 all entries share
            one draw.
        generator: source of the random numbers, by default torch's global one.

    Returns:
        The same shape; with `inverted` its mean is x and its variance p / (1 - p) x^2.

    Raises:
        ValueError: p is no probability, or the mask does not fit.

    Equation: :eq:`eq-inverted-dropout`.
    Section: :ref:`sec-dropout`.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov (2014), Dropout: a simple way
    to prevent neural networks from overfitting, JMLR 15.

    Example:
        >>> x = torch.ones(1000)
        >>> sorted(set(dropout(x, p=0.75).tolist()))
        [0.0, 4.0]
        >>> dropout(x, p=0.75, training=False, inverted=False)[0]
        tensor(0.2500)

    In production: torch.nn.functional.dropout.
    """
    require_probability(p)
    if not training:
        return x if inverted else (1 - p) * x
    mask = _empty_mask(x, noise_shape).bernoulli_(1 - p, generator=generator)
    return x * (mask / (1 - p) if inverted and p < 1 else mask)


class Dropout(nn.Module):
    """The layer of `dropout`: at work in training, the identity in evaluation.

    Args:
        p: the probability of dropping an entry.

    Raises:
        ValueError: p is no probability.

    Equation: :eq:`eq-inverted-dropout`.
    Section: :ref:`sec-dropout`.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov (2014), Dropout: a simple way
    to prevent neural networks from overfitting, JMLR 15.

    Example:
        >>> Dropout(0.2).eval()(torch.tensor([1.0, 2.0]))
        tensor([1., 2.])

    In production: torch.nn.Dropout.
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        require_probability(p)
        self.p = p

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The activations with some silenced, or as they are."""
        if self.training and runs_kernel(x):
            return kernels.dropout(x, self.p)
        return dropout(x, self.p, self.training)

    def extra_repr(self) -> str:
        """The probability, as printing the layer shows it."""
        return f"p={self.p}"


class _ChannelDropout(Dropout):
    ndim: int

    def forward(self, x: Float[Tensor, "n c *positions"]) -> Float[Tensor, "n c *positions"]:
        """The feature maps with some silenced as a whole, or as they are."""
        if x.ndim != self.ndim:
            raise ValueError(f"expected {self.ndim} dimensions (n, c, ...), got {tuple(x.shape)}")
        return dropout(x, self.p, self.training, noise_shape=(*x.shape[:2], *[1] * (self.ndim - 2)))


class Dropout1d(_ChannelDropout):
    """Dropout of whole channels of sequences, shape (n, c, length).

    Args:
        p: the probability of dropping a channel of an example.

    Raises:
        ValueError: p is no probability, or the input has other than 3 dimensions.

    Section: :ref:`sec-dropout-variants`.

    Source: Tompson, Goroshin, Jain, LeCun, Bregler (2015), Efficient object localization using
    convolutional networks, arXiv:1411.4280.

    Example:
        >>> kept = Dropout1d()(torch.ones(2, 3, 5)) > 0
        >>> bool((kept.all(2) | ~kept.any(2)).all())
        True

    In production: torch.nn.Dropout1d.
    """

    ndim = 3


class Dropout2d(_ChannelDropout):
    """Dropout of whole feature maps of images, shape (n, c, height, width).

    Neighbouring pixels tell nearly the same, so a single dropped one is no loss; the whole map is.

    Args:
        p: the probability of dropping a map of an example.

    Raises:
        ValueError: p is no probability, or the input has other than 4 dimensions.

    Section: :ref:`sec-dropout-variants`.

    Source: Tompson, Goroshin, Jain, LeCun, Bregler (2015), Efficient object localization using
    convolutional networks, arXiv:1411.4280.

    Example:
        >>> kept = Dropout2d()(torch.ones(2, 3, 5, 7)) > 0
        >>> bool((kept.flatten(2).all(2) | ~kept.flatten(2).any(2)).all())
        True

    In production: torch.nn.Dropout2d.
    """

    ndim = 4


SpatialDropout2d = Dropout2d
"""The name that the paper and Keras give to `Dropout2d`."""


class Dropout3d(_ChannelDropout):
    """Dropout of whole channels of volumes, shape (n, c, depth, height, width).

    Args:
        p: the probability of dropping a channel of an example.

    Raises:
        ValueError: p is no probability, or the input has other than 5 dimensions.

    Section: :ref:`sec-dropout-variants`.

    Source: Tompson, Goroshin, Jain, LeCun, Bregler (2015), Efficient object localization using
    convolutional networks, arXiv:1411.4280.

    Example:
        >>> kept = Dropout3d()(torch.ones(2, 3, 5, 2, 2)) > 0
        >>> bool((kept.flatten(2).all(2) | ~kept.flatten(2).any(2)).all())
        True

    In production: torch.nn.Dropout3d.
    """

    ndim = 5


class VariationalDropout(Dropout):
    """Dropout for recurrent networks: one mask for all time steps of a sequence.

    Kingma, Salimans and Welling (2015) gave the same name to another method, which learns the
    strength of a Gaussian noise.

    Args:
        p: the probability of dropping a feature of a sequence.
        batch_first: whether inputs are (n, t, d) rather than (t, n, d).

    Raises:
        ValueError: p is no probability, or the input has other than 3 dimensions.

    Section: :ref:`sec-dropout-variants`.

    Source: Gal, Ghahramani (2016), A theoretically grounded application of dropout in recurrent
    neural networks, arXiv:1512.05287.

    Example:
        >>> h = VariationalDropout(0.5)(torch.ones(7, 2, 3))
        >>> bool((h == h[0]).all())
        True

    In production: keras.layers.SpatialDropout1D; torch.nn has none.
    """

    def __init__(self, p: float = 0.5, batch_first: bool = False) -> None:
        super().__init__(p)
        self.batch_first = batch_first

    def forward(self, x: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
        """The sequences with some features silenced throughout, or as they are."""
        if x.ndim != 3:
            raise ValueError(f"expected sequences with 3 dimensions, got {tuple(x.shape)}")
        shape = list(x.shape)
        shape[1 if self.batch_first else 0] = 1
        return dropout(x, self.p, self.training, noise_shape=tuple(shape))

    def extra_repr(self) -> str:
        """The probability and the layout, as printing the layer shows them."""
        return f"{super().extra_repr()}, batch_first={self.batch_first}"
