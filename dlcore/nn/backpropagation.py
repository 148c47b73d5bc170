"""Forward propagation and backpropagation by hand, with every intermediate in view."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.derivatives import Activation, as_activation
from dlcore.numerics.stable import softmax


@dataclass(frozen=True)
class ForwardCache:
    """What forward propagation computed, by the number l of the layer.

    Attributes:
        weights: W of layers 1..L, each (d_out, d_in).
        z: pre-activations, keys 1..L, each (n, d_l).
        h: activations, keys 0..L, each (n, d_l); h[0] is X, h[L] the output.
        activation: of the hidden layers.
        output_activation: of layer L, as given.

    Section: :ref:`sec-forward-propagation`.

    Example:
        >>> W, b = torch.tensor([[1.0, 2.0]]), torch.tensor([0.5])
        >>> cache = forward_propagation(torch.tensor([[1.0, 1.0]]), [W], [b])
        >>> cache.z[1], cache.output
        (tensor([[3.5000]]), tensor([[3.5000]]))

    In production: torch.autograd keeps what it needs in the graph.
    """

    weights: list[Tensor]
    z: dict[int, Tensor]
    h: dict[int, Tensor]
    activation: Activation
    output_activation: str | Activation

    @property
    def depth(self) -> int:
        """The number of layers L."""
        return len(self.weights)

    @property
    def output(self) -> Tensor:
        """h[L], the network's prediction."""
        return self.h[self.depth]


class Gradients(NamedTuple):
    """What backpropagation computed.

    Section: :ref:`sec-backward-pass`.

    Example:
        >>> Gradients([(torch.zeros(1, 2), torch.zeros(1))], {1: torch.zeros(1, 1)}).deltas[1]
        tensor([[0.]])

    In production: torch.autograd leaves the gradients in parameter.grad.
    """

    parameters: list[tuple[Tensor, Tensor]]
    """(dW, db) of layers 1..L in order, each of the shape of W and b."""
    deltas: dict[int, Tensor]
    """delta of layer l: the gradient of the cost in z[l], keys 1..L, each (n, d_l)."""


def _check_layers(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> None:
    if not weights or len(weights) != len(biases):
        raise ValueError(
            f"as many biases as weights, at least one: got {len(weights)} and {len(biases)}"
        )
    if X.ndim != 2:
        raise ValueError(f"X must have shape (n, d), got {tuple(X.shape)}")
    d = X.shape[1]
    for l, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        if W.ndim != 2 or W.shape[1] != d:
            raise ValueError(
                f"W of layer {l} must have shape (d_out, {d}) for {d} inputs, got {tuple(W.shape)}"
            )
        d = W.shape[0]
        if b.shape != (d,):
            raise ValueError(f"b of layer {l} must have shape ({d},), got {tuple(b.shape)}")


def forward_propagation(
    X: Float[Tensor, "n d"],
    weights: Sequence[Tensor],
    biases: Sequence[Tensor],
    activation: str | Activation = "relu",
    output_activation: str | Activation = "identity",
) -> ForwardCache:
    """Compute a network layer by layer and keep all that backpropagation needs.

    Args:
        X: inputs, one example a row, shape (n, d).
        weights: W of layers 1..L, each (d_out, d_in).
        biases: b of layers 1..L, each (d_out,).
        activation: of the hidden layers: a name of `ACTIVATIONS`, or a pair of a function and
            its derivative.
        output_activation: of layer L: likewise, or "softmax".

    Returns:
        The cache: `z[l]` and `h[l]` of every layer, and `output`.

    Raises:
        ValueError: shapes that do not fit together, or an unknown activation.

    Equation: :eq:`eq-layer`, layer by layer as in :ref:`alg-forward-propagation`.
    Section: :ref:`sec-forward-propagation`.

    Source: Rumelhart, Hinton, Williams (1986), Learning representations by back-propagating
    errors, doi:10.1038/323533a0.

    Example:
        >>> X = torch.tensor([[1.0, 0.5]])
        >>> W, b = torch.tensor([[0.5, -0.3], [0.8, 0.2]]), torch.tensor([0.1, -0.2])
        >>> W_out, b_out = torch.tensor([[0.6, -0.4]]), torch.tensor([0.1])
        >>> cache = forward_propagation(X, [W, W_out], [b, b_out], "relu", "sigmoid")
        >>> cache.h[1], cache.output
        (tensor([[0.4500, 0.7000]]), tensor([[0.5225]]))

    In production: a torch.nn.Sequential.
    """
    _check_layers(X, weights, biases)
    hidden = as_activation(activation)
    output = _output(output_activation)
    L = len(weights)
    z, h = {}, {0: X}
    for l in range(1, L + 1):
        W, b = weights[l - 1], biases[l - 1]
        z[l] = h[l - 1] @ W.T + b
        h[l] = hidden.function(z[l]) if l < L else output(z[l])
    return ForwardCache(list(weights), z, h, hidden, output_activation)


def _output(activation: str | Activation) -> Callable[[Tensor], Tensor]:
    return softmax if activation == "softmax" else as_activation(activation).function


def _one_hot(targets: Tensor, like: Tensor) -> Tensor:
    """Labels of shape (n,) as rows with a single 1; rows are returned as they are."""
    if targets.ndim == 2:
        return targets.to(like.dtype)
    k = like.shape[1]
    if targets.is_floating_point() or targets.min() < 0 or targets.max() >= k:
        raise ValueError(f"labels must be integers between 0 and {k - 1}")
    return torch.nn.functional.one_hot(targets.long(), k).to(like.dtype)


def _output_delta(cache: ForwardCache, targets: Tensor, loss: str) -> Tensor:
    """The gradient of the cost in z of the last layer."""
    y_hat, z, output = cache.output, cache.z[cache.depth], cache.output_activation
    y = _one_hot(targets, y_hat) if loss == "cross_entropy" else targets
    if y.shape != y_hat.shape:
        raise ValueError(
            f"targets must have the output's shape {tuple(y_hat.shape)}, got {tuple(y.shape)}"
        )
    if (output, loss) == ("softmax", "cross_entropy"):
        return (y_hat - y) / len(y)
    if (output, loss) == ("sigmoid", "binary_cross_entropy"):
        return (y_hat - y) / y.numel()
    if loss != "mse":
        raise ValueError(
            f"loss {loss!r} after output {output!r}: choose 'mse' after any output, "
            "'binary_cross_entropy' after 'sigmoid', or 'cross_entropy' after 'softmax'"
        )
    gradient = 2 * (y_hat - y) / y.numel()
    if output == "softmax":  # not elementwise: the transposed Jacobian diag(p) - p p^T
        return y_hat * (gradient - (gradient * y_hat).sum(dim=1, keepdim=True))
    return gradient * as_activation(output).derivative(z)


@torch.no_grad()
def backpropagation(cache: ForwardCache, targets: Tensor, loss: str) -> Gradients:
    """The gradients of the cost in all weights and biases, from the last layer to the first.

    Args:
        cache: what `forward_propagation` returned.
        targets: y of the output's shape (n, d_L); for "cross_entropy" also labels, shape (n,).
        loss: "mse" (mean over all entries), "binary_cross_entropy" (likewise, after a sigmoid) or
            "cross_entropy" (mean over the examples, after a softmax).

    Returns:
        `parameters`, the list of (dW, db) of layers 1..L, and `deltas`, the error signal of every
        layer, which is the gradient in the pre-activations z (not in the activations h).

    Raises:
        ValueError: targets that do not fit the output, or a loss that does not.

    Equation: :eq:`eq-delta-output`, :eq:`eq-delta-hidden`, :eq:`eq-weight-gradient`,
    :eq:`eq-bias-gradient`, as in :ref:`alg-backpropagation`.
    Section: :ref:`sec-backward-pass`.

    Source: Rumelhart, Hinton, Williams (1986), Learning representations by back-propagating
    errors, doi:10.1038/323533a0.

    Example:
        >>> W, b = torch.tensor([[1.0, 2.0]]), torch.tensor([0.5])
        >>> cache = forward_propagation(torch.tensor([[1.0, 1.0]]), [W], [b])
        >>> gradients, deltas = backpropagation(cache, torch.tensor([[3.0]]), "mse")
        >>> gradients
        [(tensor([[1., 1.]]), tensor([1.]))]

    In production: torch.autograd, by loss.backward().
    """
    L = cache.depth
    delta = {L: _output_delta(cache, targets, loss)}
    for l in range(L - 1, 0, -1):
        W = cache.weights[l]  # of layer l + 1
        slope = cache.activation.derivative(cache.z[l])
        delta[l] = delta[l + 1] @ W * slope
    dW = [delta[l].T @ cache.h[l - 1] for l in range(1, L + 1)]
    db = [delta[l].sum(dim=0) for l in range(1, L + 1)]
    return Gradients(list(zip(dW, db, strict=True)), delta)
