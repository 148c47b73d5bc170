"""Codes that hardly move when the input does: the encoder's Jacobian is kept small."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.undercomplete import Autoencoder
from dlcore.nn import ACTIVATIONS, sigmoid
from dlcore.regularization.draws import uniform


def jacobian_frobenius(
    f: Callable[[Tensor], Tensor],
    x: Float[Tensor, "b ..."],
    *,
    samples: int | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, " b"]:
    r"""The squared Frobenius norm of a map's Jacobian, $\lVert J_f(x) \rVert_F^2$, at each input.

    Exact, it costs a backward pass for each output. Sampled, it is the mean of
    $\lVert J^\top v \rVert^2$ over random signs v, which has the right expectation.

    Args:
        f: maps a batch to a batch, each example on its own (no batch normalization in training).
        x: inputs, shape (b, ...).
        samples: number of random sign vectors; by default the exact sum.
        generator: source of the signs; by default torch's global one.

    Returns:
        One number for each input, shape (b,), through which gradients pass.

    Raises:
        ValueError: fewer than one sample.

    Equation: :eq:`eq-jacobian-frobenius`, :eq:`eq-hutchinson-frobenius`.
    Section: :ref:`sec-contractive-autoencoders`.

    Source: Rifai, Vincent, Muller, Glorot, Bengio (2011), Contractive auto-encoders: explicit
        invariance during feature extraction, ICML; Hutchinson (1990), A stochastic estimator of the
        trace of the influence matrix, doi:10.1080/03610919008812866.

    Example:
        >>> jacobian_frobenius(lambda x: x**2, torch.tensor([[1.0, 2.0]])).detach()
        tensor([20.])

    In production: torch.func.jacrev with torch.func.vmap.
    """
    if samples is not None and samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    differentiable = torch.is_grad_enabled()
    with torch.enable_grad():
        x = x if x.requires_grad else x.detach().requires_grad_()
        y = f(x).flatten(1)
        b, k = y.shape
        if samples is None:
            directions = torch.eye(k).to(y)[:, None].expand(k, b, k)
        else:
            directions = uniform((samples, b, k), y.detach(), generator, -1, 1).sign()
        (rows,) = torch.autograd.grad(
            y, x, directions, is_grads_batched=True, create_graph=differentiable
        )
        squares = rows.square().flatten(2).sum(2)
    return squares.sum(0) if samples is None else squares.mean(0)


def contractive_penalty(
    x: Float[Tensor, "b d"],
    W: Float[Tensor, "k d"],
    b: Float[Tensor, " k"],
    activation: str = "sigmoid",
) -> Float[Tensor, ""]:
    r"""The Jacobian penalty of one layer without any backward pass.

    Row j of the Jacobian of $\phi(Wx + b)$ is $\phi'(a_j) W_j$, hence
    $\sum_j \phi'(a_j)^2 \lVert W_j \rVert^2$, which costs no more than the layer itself.

    Args:
        x: inputs, shape (b, d).
        W: weights, shape (k, d).
        b: biases, shape (k,).
        activation: the name of $\phi$ in `dlcore.nn.ACTIVATIONS`.

    Returns:
        A scalar, the mean over the batch, without a weight.

    Raises:
        ValueError: shapes that do not fit, or an unknown activation.

    Equation: :eq:`eq-jacobian-frobenius`.
    Section: :ref:`sec-contractive-autoencoders`.

    Source: Rifai, Vincent, Muller, Glorot, Bengio (2011), Contractive auto-encoders: explicit
        invariance during feature extraction, ICML.

    Example:
        >>> contractive_penalty(torch.zeros(1, 2), torch.tensor([[1.0, 2.0]]), torch.zeros(1))
        tensor(0.3125)

    In production: the same.
    """
    _require_layer(x, W, b)
    if activation not in ACTIVATIONS:
        raise ValueError(f"unknown activation {activation!r}: choose from {', '.join(ACTIVATIONS)}")
    slopes = ACTIVATIONS[activation].derivative(x @ W.T + b)
    return (slopes.square() @ W.square().sum(1)).mean()


class ContractiveGradient(NamedTuple):
    """The gradient of the contractive penalty of a sigmoid layer.

    Attributes:
        weight: shape (k, d).
        bias: shape (k,).
    """

    weight: Float[Tensor, "k d"]
    bias: Float[Tensor, " k"]


def contractive_penalty_grad(
    x: Float[Tensor, "b d"], W: Float[Tensor, "k d"], b: Float[Tensor, " k"]
) -> ContractiveGradient:
    r"""The gradient of the sigmoid layer's contractive penalty, written out.

    With $a_j = h_j(1-h_j)$ it is $2 a_j^2 W_{ji} + 2 a_j^2 (1 - 2h_j) \lVert W_j \rVert^2 x_i$ in
    $W_{ji}$ and $2 a_j^2 (1 - 2h_j) \lVert W_j \rVert^2$ in $b_j$: the weights matter directly and
    through where on the sigmoid the units stand.

    Args:
        x: inputs, shape (b, d).
        W: weights, shape (k, d).
        b: biases, shape (k,).

    Returns:
        The gradient of the mean over the batch.

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-contractive-gradient`.
    Section: :ref:`sec-contractive-autoencoders`.

    Source: the derivative of the penalty of Rifai et al. (2011), Contractive auto-encoders, ICML.

    Example:
        >>> W = torch.tensor([[1.0, 2.0]])
        >>> contractive_penalty_grad(torch.zeros(1, 2), W, torch.zeros(1)).weight
        tensor([[0.1250, 0.2500]])

    In production: torch.autograd.
    """
    _require_layer(x, W, b)
    h = sigmoid(x @ W.T + b)
    squares = (h * (1 - h)).square()
    through_slope = 2 * squares * (1 - 2 * h) * W.square().sum(1) / len(x)
    direct = 2 * squares.mean(0)[:, None] * W
    return ContractiveGradient(direct + through_slope.T @ x, through_slope.sum(0))


class ContractiveAutoencoder(Autoencoder):
    r"""An autoencoder that pays $\lambda \lVert J_f(x) \rVert_F^2$ for its encoder f.

    Args:
        sizes: units from the input to the code, d, ..., k; k may exceed d.
        activation: of the hidden layers and of the code, a name.
        weight: of the penalty, $\lambda$.
        samples: random directions for the penalty; by default it is exact.
        tied: whether the decoder uses the encoder's weights. Otherwise the encoder may shrink and
            the decoder grow, which costs nothing in reconstruction and lowers the penalty.
        options: those of `Autoencoder`.

    Raises:
        ValueError: a negative weight, fewer than one sample, or what `Autoencoder` rejects.

    Equation: :eq:`eq-contractive-loss`.
    Section: :ref:`sec-contractive-autoencoders`.

    Source: Rifai, Vincent, Muller, Glorot, Bengio (2011), Contractive auto-encoders: explicit
        invariance during feature extraction, ICML.

    Example:
        >>> x = torch.rand(5, 4)
        >>> model = ContractiveAutoencoder([4, 3], weight=0.0)
        >>> torch.equal(model.loss(x), Autoencoder.loss(model, x))
        True

    In production: denoising, close to it for small noise and without second derivatives.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "sigmoid",
        *,
        weight: float = 0.1,
        samples: int | None = None,
        tied: bool = True,
        **options: Any,
    ) -> None:
        if not weight >= 0 or (samples is not None and samples < 1):
            raise ValueError(f"expected weight >= 0 and samples >= 1, got {weight} and {samples}")
        super().__init__(sizes, activation, code_activation=activation, tied=tied, **options)
        self.activation, self.weight, self.samples = activation, weight, samples

    def loss(self, x: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
        """The mean reconstruction loss of the batch and the weighted mean penalty."""
        return super().loss(x) + self.weight * self.penalty(x)

    def penalty(self, x: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
        """The mean squared norm of the encoder's Jacobian, for one layer in closed form."""
        if len(self.sizes) == 2 and self.samples is None:
            layer: Any = self.encoder[0]
            return contractive_penalty(x, layer.weight, layer.bias, self.activation)
        return jacobian_frobenius(self.encode, x, samples=self.samples).mean()


def _require_layer(x: Tensor, W: Tensor, b: Tensor) -> None:
    if x.ndim != 2 or W.ndim != 2 or x.shape[1] != W.shape[1] or b.shape != W.shape[:1]:
        raise ValueError(
            f"expected x (b, d), W (k, d), b (k,), got {tuple(x.shape)}, {tuple(W.shape)}, "
            f"{tuple(b.shape)}"
        )
    if not len(x):
        raise ValueError("there are no examples to average over")
