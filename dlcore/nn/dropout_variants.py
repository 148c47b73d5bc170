"""Relatives of dropout: weights silenced, moments kept, the probability learned."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.activations import SELU_ALPHA, SELU_SCALE
from dlcore.nn.dropout import Dropout, dropout, require_probability
from dlcore.nn.linear import Linear


class DropConnectLinear(Linear):
    """A dense layer whose weights, not units, are dropped in training, anew for every example.

    In evaluation all weights act, which is the mean of the pre-activations. The paper goes further:
    it draws pre-activations from a normal of their mean and variance, and averages what follows.
    The masks of a batch of B examples take B times the memory of the weights.

    Args:
        in_features: number of inputs, d_in.
        out_features: number of outputs, d_out.
        bias: whether a bias, never dropped, is there.
        p: the probability of dropping a weight.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: shape (d_out, d_in).
        bias: shape (d_out,), or None.

    Raises:
        ValueError: p is no probability, a size below 1, or an input without d_in features.

    Section: :ref:`sec-dropout-variants`.

    Source: Wan, Zeiler, Zhang, LeCun, Fergus (2013), Regularization of neural networks using
    DropConnect, ICML.

    Example:
        >>> layer = DropConnectLinear(30, 20)
        >>> torch.equal(layer(torch.ones(1, 30)), layer(torch.ones(1, 30)))
        False

    In production: no library in wide use has it.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        p: float = 0.5,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(in_features, out_features, bias, device, dtype)
        require_probability(p)
        self.p = p

    def forward(self, X: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """The outputs, shape (..., d_out), of inputs X, shape (..., d_in)."""
        if not self.training or X.ndim == 0 or X.shape[-1] != self.in_features:
            return super().forward(X)
        W = dropout(self.weight.expand(*X.shape[:-1], *self.weight.shape), self.p)
        Z = (W @ X[..., None]).squeeze(-1)
        return Z if self.bias is None else Z + self.bias

    def extra_repr(self) -> str:
        """The sizes and the probability, as printing the layer shows them."""
        return f"{super().extra_repr()}, p={self.p}"


def alpha_dropout(
    x: Float[Tensor, "*shape"],
    p: float = 0.5,
    training: bool = False,
    *,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*shape"]:
    """Dropout that keeps mean 0 and variance 1, for activations that come from SELU.

    A dropped entry gets the value of SELU far to the left instead of 0; an affine map then puts
    mean and variance right.

    Args:
        x: activations of mean 0 and variance 1, any shape.
        p: the probability of dropping an entry.
        training: whether to drop; off by default, as in torch.
        generator: source of the random numbers, by default torch's global one.

    Returns:
        The same shape.

    Raises:
        ValueError: p is no probability.

    Section: :ref:`sec-dropout-variants`.

    Source: Klambauer, Unterthiner, Mayr, Hochreiter (2017), Self-normalizing neural networks,
    arXiv:1706.02515.

    Example:
        >>> x = torch.randn(10000, generator=torch.Generator().manual_seed(0))
        >>> y = alpha_dropout(x, 0.3, True, generator=torch.Generator().manual_seed(1))
        >>> abs(y.mean().item()) < 0.05, abs(y.var().item() - 1) < 0.05
        (True, True)

    In production: torch.nn.functional.alpha_dropout.
    """
    require_probability(p)
    if not training:
        return x
    mask = dropout(torch.ones_like(x), p, inverted=False, generator=generator)
    if p == 1:
        return x * mask
    lowest = -SELU_SCALE * SELU_ALPHA
    scale = 1 / math.sqrt((1 - p) * (1 + p * lowest**2))
    return scale * (x * mask + lowest * (1 - mask) - p * lowest)


class AlphaDropout(Dropout):
    """The layer of `alpha_dropout`: at work in training, the identity in evaluation.

    Args:
        p: the probability of dropping an entry.

    Raises:
        ValueError: p is no probability.

    Section: :ref:`sec-dropout-variants`.

    Source: Klambauer, Unterthiner, Mayr, Hochreiter (2017), Self-normalizing neural networks,
    arXiv:1706.02515.

    Example:
        >>> AlphaDropout(0.2).eval()(torch.tensor([1.0, 2.0]))
        tensor([1., 2.])

    In production: torch.nn.AlphaDropout.
    """

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The activations with some silenced, or as they are."""
        return alpha_dropout(x, self.p, self.training)


class ConcreteDropout(nn.Module):
    """Dropout that learns its probability: the mask is smooth, so p has a gradient.

    The mask of an entry is sigmoid((logit(1 - p) + logit(u)) / t), u uniform, which tends to
    0 or 1 as the temperature t falls. Without `penalty` in the loss p would only go to 0.

    Args:
        p: where the probability starts, strictly between 0 and 1.
        temperature: t > 0.

    Attributes:
        p_logit: the parameter, log(p / (1 - p)).

    Raises:
        ValueError: p or the temperature is out of range.

    Section: :ref:`sec-dropout-variants`.

    Source: Gal, Hron, Kendall (2017), Concrete dropout, arXiv:1705.07832.

    Example:
        >>> layer = ConcreteDropout(0.2)
        >>> layer(torch.ones(100)).sum().backward()
        >>> layer.p, layer.p_logit.grad is not None
        (tensor(0.2000, grad_fn=<SigmoidBackward0>), True)

    In production: no library in wide use has it.
    """

    def __init__(self, p: float = 0.1, temperature: float = 0.1) -> None:
        super().__init__()
        if not 0 < p < 1:
            raise ValueError(f"p must lie strictly between 0 and 1, got {p}")
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, got {temperature}")
        self.temperature = temperature
        self.p_logit = nn.Parameter(torch.tensor(math.log(p / (1 - p))))

    @property
    def p(self) -> Float[Tensor, ""]:
        """The probability of dropping, as learned so far."""
        return torch.sigmoid(self.p_logit)

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The activations times a smooth mask in training, as they are in evaluation."""
        if not self.training:
            return x
        u = torch.rand_like(x)
        noise = torch.logit(u, eps=torch.finfo(x.dtype).eps)
        mask = torch.sigmoid((noise - self.p_logit) / self.temperature)
        return x * mask / (1 - self.p)

    def penalty(
        self, weight: Float[Tensor, "d_out d_in"], weight_scale: float, entropy_scale: float
    ) -> Float[Tensor, ""]:
        r"""What the loss needs in addition, for the layer whose inputs are dropped.

        It is `weight_scale` $\|W\|^2 / (1 - p)$ - `entropy_scale` $d H(p)$ with d inputs and the
        entropy H of the coin in nats: dropping much costs weight decay, a fair coin is rewarded.

        Args:
            weight: W of the layer that follows, shape (d_out, d_in).
            weight_scale: with N examples and a prior of length scale l, l^2 / (2 N) beside a mean
                log-likelihood, l^2 / (tau N) beside a mean squared error of precision tau.
            entropy_scale: likewise 1 / N, or 2 / (tau N).

        Returns:
            A scalar.
        """
        p = self.p
        entropy = -(p * p.log() + (1 - p) * (1 - p).log())
        return (
            weight_scale * weight.square().sum() / (1 - p)
            - entropy_scale * weight.shape[1] * entropy
        )

    def extra_repr(self) -> str:
        """The temperature, as printing the layer shows it."""
        return f"temperature={self.temperature}"
