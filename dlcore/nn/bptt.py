"""Backpropagation through time by hand, whole and truncated."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.nn.activations import log_softmax
from dlcore.nn.recurrent import nonlinearity_called, rnn_forward
from dlcore.nn.recurrent_base import check_sequences


class RNNWeights(NamedTuple):
    """The parameters of a plain recurrent network with an output at every step.

    Attributes:
        W_xh: weights of the input, shape (h, d).
        W_hh: weights of the state, shape (h, h).
        b_h: bias of the state, shape (h,).
        W_hy: weights of the output, shape (k, h).
        b_y: bias of the output, shape (k,).
    """

    W_xh: Float[Tensor, "h d"]
    W_hh: Float[Tensor, "h h"]
    b_h: Float[Tensor, " h"]
    W_hy: Float[Tensor, "k h"]
    b_y: Float[Tensor, " k"]


class RNNGradients(NamedTuple):
    """Gradients of the recurrent part of the network.

    Attributes:
        X: of the inputs, shape (n, t, d).
        h_0: of the first state, shape (n, h).
        W_xh: shape (h, d).
        W_hh: shape (h, h).
        b_h: shape (h,).
        deltas: of the pre-activations z, shape (n, t, h).
    """

    X: Float[Tensor, "n t d"]
    h_0: Float[Tensor, "n h"]
    W_xh: Float[Tensor, "h d"]
    W_hh: Float[Tensor, "h h"]
    b_h: Float[Tensor, " h"]
    deltas: Float[Tensor, "n t h"]


class BPTT(NamedTuple):
    """Loss and gradients of a network with an output at every step.

    Attributes:
        loss: summed over the steps, averaged over the sequences.
        gradients: of the parameters, named like them.
        h_0: gradient of the first state, shape (n, h).
        deltas: gradients of the pre-activations z, shape (n, t, h).
        H: the states, shape (n, t, h).
    """

    loss: Float[Tensor, ""]
    gradients: RNNWeights
    h_0: Float[Tensor, "n h"]
    deltas: Float[Tensor, "n t h"]
    H: Float[Tensor, "n t h"]


class Chunk(NamedTuple):
    """A stretch of a sequence that truncated backpropagation looks at; ends are exclusive.

    Attributes:
        start: where backpropagation stops; the state before it is a constant.
        first_loss: the first step whose loss counts here.
        stop: the end.
    """

    start: int
    first_loss: int
    stop: int


def slope_from_output(H: Tensor, nonlinearity: str) -> Tensor:
    """The derivative of a nonlinearity, told from its output."""
    nonlinearity_called(nonlinearity)
    if nonlinearity == "tanh":
        return 1 - H.square()
    if nonlinearity == "sigmoid":
        return H * (1 - H)
    return (H > 0).to(H.dtype) if nonlinearity == "relu" else torch.ones_like(H)


def states_before(H: Tensor, h_0: Tensor | None) -> Tensor:
    """The state that each step started from: h_0, by default 0, and all but the last."""
    first = torch.zeros_like(H[:, 0]) if h_0 is None else h_0
    return torch.cat([first[:, None], H[:, :-1]], dim=1)


def rnn_backward(
    X: Float[Tensor, "n t d"],
    H: Float[Tensor, "n t h"],
    grad_H: Float[Tensor, "n t h"],
    W_xh: Float[Tensor, "h d"],
    W_hh: Float[Tensor, "h h"],
    h_0: Float[Tensor, "n h"] | None = None,
    nonlinearity: str = "tanh",
) -> RNNGradients:
    """From the last step to the first: what each state owes to its output, and to the next state.

    Args:
        X: inputs, shape (n, t, d).
        H: the states that `rnn_forward` made of them, shape (n, t, h).
        grad_H: gradient of the loss in each state through its own output alone, shape (n, t, h).
        W_xh: weights of the input, shape (h, d).
        W_hh: weights of the state, shape (h, h).
        h_0: the state started from, shape (n, h), or None for 0.
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".

    Returns:
        The gradients of inputs, first state and parameters, and of the pre-activations.

    Raises:
        ValueError: no step, sizes that do not fit, or an unknown nonlinearity.

    Equation: :eq:`eq-bptt-delta`.
    Section: :ref:`sec-bptt`.

    Source: Werbos (1990), Backpropagation through time: what it does and how to do it,
        doi:10.1109/5.58337.

    Example:
        >>> X, W = torch.ones(1, 3, 1), torch.tensor([[0.5]])
        >>> H = rnn_forward(X, torch.ones(1, 1), W, nonlinearity="identity")
        >>> last = torch.tensor([0.0, 0.0, 1.0]).reshape(1, 3, 1)
        >>> rnn_backward(X, H, last, torch.ones(1, 1), W, nonlinearity="identity").W_hh
        tensor([[2.]])

    In production: torch.autograd.
    """
    check_sequences(X, W_xh.shape[1])
    if grad_H.shape != H.shape or H.shape[:2] != X.shape[:2]:
        raise ValueError(
            "H and grad_H must have the same shape (n, t, h) with n and t of X, got "
            f"{tuple(H.shape)} and {tuple(grad_H.shape)} for X of shape {tuple(X.shape)}"
        )
    slopes = slope_from_output(H, nonlinearity)
    deltas = torch.zeros_like(H)
    from_future = torch.zeros_like(H[:, 0])
    for t in reversed(range(X.shape[1])):
        deltas[:, t] = (grad_H[:, t] + from_future) * slopes[:, t]
        from_future = deltas[:, t] @ W_hh
    return RNNGradients(
        X=deltas @ W_xh,
        h_0=from_future,
        W_xh=torch.einsum("nth,ntd->hd", deltas, X),
        W_hh=torch.einsum("nth,ntk->hk", deltas, states_before(H, h_0)),
        b_h=deltas.sum(dim=(0, 1)),
        deltas=deltas,
    )


def _loss(logits: Tensor, Y: Tensor, loss: str) -> tuple[Tensor, Tensor]:
    """The loss at each step, averaged over the sequences, and its gradient in the outputs."""
    n = len(logits)
    if loss == "cross_entropy":
        if Y.shape != logits.shape[:2] or Y.is_floating_point():
            raise ValueError(f"labels must be integers of shape (n, t), got {tuple(Y.shape)}")
        log_p = log_softmax(logits, dim=-1)
        chosen = log_p.gather(2, Y[..., None]).squeeze(2)
        grad = log_p.exp().scatter_add(2, Y[..., None], -torch.ones_like(log_p))
        return -chosen.sum(dim=0) / n, grad / n
    if loss == "mse":
        if Y.shape != logits.shape:
            raise ValueError(f"targets must have shape {tuple(logits.shape)}, got {tuple(Y.shape)}")
        error = logits - Y
        return error.square().sum(dim=(0, 2)) / (2 * n), error / n
    raise ValueError(f"loss must be 'cross_entropy' or 'mse', got {loss!r}")


@torch.no_grad()
def bptt(
    weights: RNNWeights,
    X: Float[Tensor, "n t d"],
    Y: Int[Tensor, "n t"] | Float[Tensor, "n t k"],
    h_0: Float[Tensor, "n h"] | None = None,
    *,
    loss: str = "cross_entropy",
    nonlinearity: str = "tanh",
) -> BPTT:
    """Forward through all steps, then backward through all of them, with no graph of autograd.

    Args:
        weights: W_xh, W_hh, b_h, W_hy, b_y.
        X: inputs, shape (n, t, d).
        Y: labels, shape (n, t), or targets, shape (n, t, k).
        h_0: the state to start from, shape (n, h), or None for 0.
        loss: "cross_entropy" of the outputs as logits, or "mse", half the squared distance.
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".

    Returns:
        The loss, summed over the steps and averaged over the sequences, and all gradients. What
        step t adds to the gradient of W_hh is `deltas[:, t].T @ H[:, t - 1]`.

    Raises:
        ValueError: sizes that do not fit, an unknown loss or nonlinearity.

    Equation: :eq:`eq-bptt-delta`.
    Section: :ref:`sec-bptt`.

    Source: Werbos (1990), Backpropagation through time: what it does and how to do it,
        doi:10.1109/5.58337.

    Example:
        >>> weights = draw_rnn_weights(3, 5, 2)
        >>> result = bptt(weights, torch.ones(4, 6, 3), torch.zeros(4, 6, dtype=torch.int64))
        >>> result.gradients.W_hh.shape
        torch.Size([5, 5])

    In production: loss.backward().
    """
    whole = Chunk(0, 0, X.shape[1])
    return _bptt_over([whole], weights, X, Y, h_0, loss, nonlinearity)


def tbptt_chunks(length: int, window: int, stride: int | None = None) -> list[Chunk]:
    """Where truncated backpropagation goes back from, and how far.

    Every stride steps the losses of these steps are sent back, through at most window steps up to
    the chunk's end. Each loss counts once.

    Args:
        length: number of steps, t.
        window: how many steps a chunk goes back, k2.
        stride: how many steps lie between two chunks' ends, k1; by default the window.

    Returns:
        The chunks in their order; the last may be shorter.

    Raises:
        ValueError: a number below 1, or a stride above the window, which would leave steps out.

    Section: :ref:`sec-truncated-bptt`.

    Source: Williams, Peng (1990), An efficient gradient-based algorithm for on-line training of
        recurrent network trajectories, doi:10.1162/neco.1990.2.4.490.

    Example:
        >>> [tuple(chunk) for chunk in tbptt_chunks(5, window=4, stride=2)]
        [(0, 0, 2), (0, 2, 4), (2, 4, 5)]

    In production: range(0, length, window), with state.detach() between.
    """
    stride = window if stride is None else stride
    if min(length, window, stride) < 1:
        raise ValueError(
            f"length, window and stride must be at least 1, got {length}, {window}, {stride}"
        )
    if stride > window:
        raise ValueError(f"a stride of {stride} beyond the window of {window} leaves steps out")
    return [
        Chunk(max(0, first + stride - window), first, min(first + stride, length))
        for first in range(0, length, stride)
    ]


@torch.no_grad()
def truncated_bptt(
    weights: RNNWeights,
    X: Float[Tensor, "n t d"],
    Y: Int[Tensor, "n t"] | Float[Tensor, "n t k"],
    window: int,
    *,
    stride: int | None = None,
    h_0: Float[Tensor, "n h"] | None = None,
    loss: str = "cross_entropy",
    nonlinearity: str = "tanh",
) -> BPTT:
    """Backpropagation that goes back a few steps only; states are carried on as constants.

    Args:
        weights: W_xh, W_hh, b_h, W_hy, b_y.
        X: inputs, shape (n, t, d).
        Y: labels, shape (n, t), or targets, shape (n, t, k).
        window: how many steps a chunk goes back; the length or more gives `bptt`.
        stride: how many steps lie between two chunks' ends; by default the window.
        h_0: the state to start from, shape (n, h), or None for 0.
        loss: "cross_entropy" or "mse".
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".

    Returns:
        As `bptt`: the same loss and states; gradients summed over the chunks, biased.

    Raises:
        ValueError: sizes that do not fit, an unknown loss or nonlinearity, see `tbptt_chunks`.

    Equation: :eq:`eq-bptt-delta`.
    Section: :ref:`sec-truncated-bptt`.

    Source: Williams, Peng (1990), An efficient gradient-based algorithm for on-line training of
        recurrent network trajectories, doi:10.1162/neco.1990.2.4.490.

    Example:
        >>> one = torch.ones(1, 1)
        >>> weights = RNNWeights(one, one / 2, torch.zeros(1), one, torch.zeros(1))
        >>> X, Y = torch.ones(1, 2, 1), torch.zeros(1, 2, 1)
        >>> how = {"loss": "mse", "nonlinearity": "identity"}
        >>> truncated_bptt(weights, X, Y, 1, **how).gradients.W_xh
        tensor([[2.5000]])
        >>> bptt(weights, X, Y, **how).gradients.W_xh
        tensor([[3.2500]])

    In production: loss.backward() for every chunk, with state.detach() between.
    """
    chunks = tbptt_chunks(X.shape[1], window, stride)
    return _bptt_over(chunks, weights, X, Y, h_0, loss, nonlinearity)


def _bptt_over(
    chunks: list[Chunk],
    weights: RNNWeights,
    X: Tensor,
    Y: Tensor,
    h_0: Tensor | None,
    loss: str,
    nonlinearity: str,
) -> BPTT:
    W_xh, W_hh, b_h, W_hy, b_y = weights
    H = rnn_forward(X, W_xh, W_hh, b_h, h_0, nonlinearity)
    losses, grad_Y = _loss(H @ W_hy.T + b_y, Y, loss)
    grad_H, before = grad_Y @ W_hy, states_before(H, h_0)
    d_xh, d_hh, d_h = (torch.zeros_like(W) for W in (W_xh, W_hh, b_h))
    d_h0, deltas = torch.zeros_like(H[:, 0]), torch.zeros_like(H)
    for start, first, stop in chunks:
        own = grad_H[:, start:stop].clone()
        own[:, : first - start] = 0
        here = slice(start, stop)
        g = rnn_backward(X[:, here], H[:, here], own, W_xh, W_hh, before[:, start], nonlinearity)
        d_xh, d_hh, d_h = d_xh + g.W_xh, d_hh + g.W_hh, d_h + g.b_h
        deltas[:, here] += g.deltas
        if start == 0:
            d_h0 = d_h0 + g.h_0
    gradients = RNNWeights(
        d_xh, d_hh, d_h, torch.einsum("ntk,nth->kh", grad_Y, H), grad_Y.sum(dim=(0, 1))
    )
    return BPTT(losses.sum(), gradients, d_h0, deltas, H)


def draw_rnn_weights(
    d: int,
    h: int,
    k: int,
    *,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
) -> RNNWeights:
    """Weights of variance one over the number of inputs, and biases 0.

    Args:
        d: number of inputs a step.
        h: size of the state.
        k: number of outputs a step.
        generator: source of the numbers; by default torch's global one.
        dtype: by default torch's default.

    Returns:
        W_xh (h, d), W_hh (h, h), b_h (h,), W_hy (k, h), b_y (k,).

    Raises:
        ValueError: a size below 1.

    Section: :ref:`sec-bptt`.

    Source: LeCun, Bottou, Orr, Müller (1998), Efficient BackProp, doi:10.1007/3-540-49430-8_2.

    Example:
        >>> draw_rnn_weights(3, 5, 2).W_hy.shape
        torch.Size([2, 5])

    In production: the layers of torch.nn draw their own.
    """
    if min(d, h, k) < 1:
        raise ValueError(f"sizes must be at least 1, got {d}, {h}, {k}")
    device = generator.device if generator else None

    def matrix(rows: int, columns: int) -> Tensor:
        numbers = torch.randn(rows, columns, generator=generator, dtype=dtype, device=device)
        return numbers / columns**0.5

    W_xh, W_hh, W_hy = matrix(h, d), matrix(h, h), matrix(k, h)
    return RNNWeights(W_xh, W_hh, W_xh.new_zeros(h), W_hy, W_xh.new_zeros(k))
