"""Networks that squeeze an input through a narrow code and rebuild it."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.autoencoder.reconstruction import reconstruction_loss
from dlcore.linalg import PCA
from dlcore.nn import MLP, Linear

Activation = str | Callable[[], nn.Module] | None


class EncoderDecoder(nn.Module):
    """What every autoencoder does: two networks, and a loss that compares input and output.

    Args:
        encoder: maps inputs to codes.
        decoder: maps codes back.
        kind: of `reconstruction_loss`; with "bernoulli" the decoder returns logits.

    Raises:
        ValueError: an unknown kind.

    Equation: :eq:`eq-autoencoder`.
    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Hinton, Salakhutdinov (2006), Reducing the dimensionality of data with neural networks,
        doi:10.1126/science.1127647.

    Example:
        >>> model = EncoderDecoder(nn.Flatten(), nn.Unflatten(1, (2, 2)), "squared")
        >>> model.errors(torch.ones(3, 2, 2))
        tensor([0., 0., 0.])

    In production: two torch.nn.Sequential.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, kind: str) -> None:
        super().__init__()
        if kind not in ("squared", "gaussian", "bernoulli"):
            raise ValueError(f"kind must be 'squared', 'gaussian' or 'bernoulli', got {kind!r}")
        self.encoder, self.decoder, self.kind = encoder, decoder, kind

    def encode(self, x: Float[Tensor, "b ..."]) -> Float[Tensor, "b k"]:
        """The codes h of inputs x."""
        return self.encoder(x)

    def decode(self, h: Float[Tensor, "b k"]) -> Float[Tensor, "b ..."]:
        """What the decoder makes of codes h: logits if kind is "bernoulli"."""
        return self.decoder(h)

    def forward(self, x: Float[Tensor, "b ..."]) -> Float[Tensor, "b ..."]:
        """The decoder's output for inputs x, as the loss wants it."""
        return self.decode(self.encode(x))

    def reconstruct(self, x: Float[Tensor, "b ..."]) -> Float[Tensor, "b ..."]:
        """The rebuilt inputs in the data's own units: probabilities if kind is "bernoulli"."""
        x_hat = self(x)
        return torch.sigmoid(x_hat) if self.kind == "bernoulli" else x_hat

    @torch.no_grad()
    def errors(self, x: Float[Tensor, "b ..."]) -> Float[Tensor, " b"]:
        """The squared error of each example, summed over its dimensions, without gradients."""
        return (x - self.reconstruct(x)).square().flatten(1).sum(1)

    def loss(self, x: Float[Tensor, "b ..."]) -> Float[Tensor, ""]:
        """What training makes small: here the mean reconstruction loss of the batch."""
        return reconstruction_loss(self(x), x, self.kind)


class TiedLinear(nn.Module):
    """A dense layer whose weight is another layer's, transposed; only its bias is its own.

    Args:
        layer: the layer of weight (k, d) to share with.
    """

    def __init__(self, layer: Linear) -> None:
        super().__init__()
        self.weight = layer.weight
        self.bias = nn.Parameter(layer.weight.new_zeros(layer.in_features))

    def forward(self, h: Float[Tensor, "*batch k"]) -> Float[Tensor, "*batch d"]:
        """The outputs, shape (..., d)."""
        return h @ self.weight + self.bias


class Autoencoder(EncoderDecoder):
    r"""Dense layers down to a code and mirrored back up: $h = f(x)$, $\hat x = g(h)$.

    Args:
        sizes: units from the input to the code, d, ..., k; the decoder has them in reverse.
        activation: after the hidden layers, as in `MLP`.
        code_activation: after the code's layer; by default none.
        output: after the last layer; by default none, which fits data of any range.
        tied: whether each decoder layer uses the weights of the encoder's, transposed.
        kind: of `reconstruction_loss`; with "bernoulli" the decoder returns logits.

    Attributes:
        encoder: the layers down, a Sequential.
        decoder: the layers up, a Sequential.

    Raises:
        ValueError: fewer than two sizes, one below 1, an unknown activation or kind, or an output
            activation where the loss wants logits.

    Equation: :eq:`eq-autoencoder`.
    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Hinton, Salakhutdinov (2006), Reducing the dimensionality of data with neural networks,
        doi:10.1126/science.1127647.

    Example:
        >>> model = Autoencoder([64, 32, 8])
        >>> x = torch.zeros(5, 64)
        >>> model.encode(x).shape, model(x).shape
        (torch.Size([5, 8]), torch.Size([5, 64]))

    In production: two torch.nn.Sequential.
    """

    encoder: nn.Sequential
    decoder: nn.Sequential

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Callable[[], nn.Module] = "relu",
        *,
        code_activation: Activation = None,
        output: Activation = None,
        tied: bool = False,
        kind: str = "squared",
    ) -> None:
        if kind == "bernoulli" and output is not None:
            raise ValueError(f"kind 'bernoulli' wants logits: output must be None, got {output!r}")
        encoder = MLP(sizes, activation, code_activation)
        decoder: nn.Sequential = MLP(sizes[::-1], activation, output)
        if tied:
            shared = iter(encoder.linear_layers[::-1])
            decoder = nn.Sequential(
                *(TiedLinear(next(shared)) if isinstance(a, Linear) else a for a in decoder)
            )
        super().__init__(encoder, decoder, kind)
        self.sizes = tuple(sizes)

    def stages(self) -> list[tuple[nn.Sequential, nn.Sequential]]:
        """The encoder's layers, each with its mirror in the decoder, from the input to the code."""
        return list(zip(_by_layer(self.encoder), _by_layer(self.decoder)[::-1], strict=True))


def _by_layer(network: nn.Module) -> list[nn.Sequential]:
    """Each dense layer together with the activation that follows it."""
    stages: list[nn.Sequential] = []
    for module in network.children():
        if isinstance(module, Linear | TiedLinear):
            stages.append(nn.Sequential())
        stages[-1].append(module)
    return stages


class LinearAutoencoder(Autoencoder):
    r"""One linear layer down and one up: at its best it projects onto the principal components.

    With the squared error the smallest loss is $\sum_{j>k} \lambda_j$, the variance in the
    directions left out. The decoder's columns then span the principal subspace, but need be neither
    orthogonal nor in any order: code $Ah$ with decoder $W_d A^{-1}$ rebuilds the same.

    Args:
        d: dimensions of the input.
        k: dimensions of the code.
        tied: whether decoder and encoder share their weights.

    Raises:
        ValueError: a size below 1; in `solve_`, k above min(n, d).

    Equation: :eq:`eq-linear-autoencoder`.
    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Baldi, Hornik (1989), Neural networks and principal component analysis: learning from
        examples without local minima, doi:10.1016/0893-6080(89)90014-2.

    Example:
        >>> X = torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [1.0, 1.0]])
        >>> model = LinearAutoencoder(2, 1).solve_(X)
        >>> bool(model.loss(X) < 1e-10)
        True

    In production: sklearn.decomposition.PCA.
    """

    def __init__(self, d: int, k: int, *, tied: bool = False) -> None:
        super().__init__([d, k], tied=tied)

    @torch.no_grad()
    def solve_(self, X: Float[Tensor, "n d"]) -> "LinearAutoencoder":
        """Put weights and biases where the loss on X is smallest, and return the model."""
        pca = PCA(self.sizes[1]).fit(X)
        V, mean = pca.components_, pca.mean_
        down: Any = self.encoder[0]
        up: Any = self.decoder[0]
        down.weight.copy_(V)
        down.bias.copy_(-V @ mean)
        if not isinstance(up, TiedLinear):
            up.weight.copy_(V.T)
        up.bias.copy_(mean)
        return self

    @torch.no_grad()
    def subspace(self) -> Float[Tensor, "d k"]:
        """Orthonormal columns that span the directions in which the output can move."""
        codes = torch.eye(self.sizes[1]).to(next(self.parameters()))
        directions = self.decode(codes) - self.decode(torch.zeros_like(codes))
        return torch.linalg.qr(directions.T).Q
