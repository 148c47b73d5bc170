"""The plain recurrent network: one step applied again and again, with the same weights."""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dlcore.nn.linear import are_sizes
from dlcore.nn.recurrent_base import (
    RecurrentCell,
    RecurrentLayers,
    State,
    Weights,
    affine,
    check_sequences,
    summed,
)

NONLINEARITIES: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": lambda z: z,
}
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def nonlinearity_called(name: str) -> Callable[[Tensor], Tensor]:
    """The function of this name; ValueError if there is none."""
    if name not in NONLINEARITIES:
        raise ValueError(f"unknown nonlinearity {name!r}: choose from {', '.join(NONLINEARITIES)}")
    return NONLINEARITIES[name]


def rnn_step(
    x: Float[Tensor, "n d"],
    h: Float[Tensor, "n h"],
    W_xh: Float[Tensor, "h d"],
    W_hh: Float[Tensor, "h h"],
    b_h: Float[Tensor, " h"] | None = None,
    nonlinearity: str = "tanh",
) -> Float[Tensor, "n h"]:
    """The next state: a nonlinear function of the state before and of what has just come in.

    Args:
        x: the input at this step, shape (n, d).
        h: the state before, shape (n, h).
        W_xh: weights of the input, shape (h, d).
        W_hh: weights of the state, shape (h, h).
        b_h: bias, shape (h,), or None for 0.
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".

    Returns:
        The state after, shape (n, h).

    Raises:
        ValueError: the nonlinearity is unknown.

    Equation: :eq:`eq-rnn-state`.
    Section: :ref:`sec-rnn`.

    Source: Elman (1990), Finding structure in time, doi:10.1207/s15516709cog1402_1.

    Example:
        >>> W_xh = torch.tensor([[0.5, -0.3], [0.8, 0.2]])
        >>> W_hh = torch.tensor([[0.1, 0.4], [-0.2, 0.3]])
        >>> rnn_step(torch.tensor([[1.0, 2.0]]), torch.zeros(1, 2), W_xh, W_hh,
        ...          torch.tensor([0.0, 0.1]))
        tensor([[-0.0997,  0.8617]])

    In production: torch.nn.RNNCell.
    """
    return nonlinearity_called(nonlinearity)(affine(x, W_xh, b_h) + h @ W_hh.T)


def rnn_forward(
    X: Float[Tensor, "n t d"],
    W_xh: Float[Tensor, "h d"],
    W_hh: Float[Tensor, "h h"],
    b_h: Float[Tensor, " h"] | None = None,
    h_0: Float[Tensor, "n h"] | None = None,
    nonlinearity: str = "tanh",
) -> Float[Tensor, "n t h"]:
    """All states of a plain recurrent network, step by step, whatever the length.

    Args:
        X: n sequences of t vectors, shape (n, t, d).
        W_xh: weights of the input, shape (h, d).
        W_hh: weights of the state, shape (h, h).
        b_h: bias, shape (h,), or None for 0.
        h_0: the state to start from, shape (n, h), or None for 0.
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".

    Returns:
        The states, shape (n, t, h).

    Raises:
        ValueError: no step, sizes that do not fit, or an unknown nonlinearity.

    Equation: :eq:`eq-rnn-state`.
    Section: :ref:`sec-rnn`.

    Source: Elman (1990), Finding structure in time, doi:10.1207/s15516709cog1402_1.

    Example:
        >>> X = torch.ones(1, 3, 1)
        >>> W = torch.tensor([[0.5]])
        >>> rnn_forward(X, torch.ones(1, 1), W, nonlinearity="identity").flatten()
        tensor([1.0000, 1.5000, 1.7500])

    In production: torch.nn.RNN.
    """
    check_sequences(X, W_xh.shape[1])
    h = X.new_zeros(len(X), len(W_hh)) if h_0 is None else h_0
    states = []
    for x in X.unbind(dim=1):
        h = rnn_step(x, h, W_xh, W_hh, b_h, nonlinearity)
        states.append(h)
    return torch.stack(states, dim=1)


class RNNCell(RecurrentCell):
    """One step of a plain recurrent network, with its weights.

    Args:
        input_size: number of inputs, d.
        hidden_size: size of the state, h.
        bias: whether there are biases; as in torch there are two, which are added.
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight_ih: W_xh, shape (h, d), started from U(-a, a) with a = 1 / sqrt(h).
        weight_hh: W_hh, shape (h, h), started likewise.
        bias_ih: shape (h,), started likewise, or None.
        bias_hh: shape (h,), started likewise, or None.

    Raises:
        ValueError: a size below 1, an unknown nonlinearity, inputs without d features.

    Equation: :eq:`eq-rnn-state`.
    Section: :ref:`sec-rnn`.

    Source: Elman (1990), Finding structure in time, doi:10.1207/s15516709cog1402_1.

    Example:
        >>> RNNCell(3, 5)(torch.zeros(2, 3)).shape
        torch.Size([2, 5])

    In production: torch.nn.RNNCell.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        nonlinearity_called(nonlinearity)
        super().__init__(1, input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(
        self, x: Float[Tensor, "n d"], h: Float[Tensor, "n h"] | None = None
    ) -> Float[Tensor, "n h"]:
        """The state after input x, shape (n, h), from the state h before, by default 0."""
        self._check(x)
        h = self._zeros(x) if h is None else h
        bias = summed(self.bias_ih, self.bias_hh)
        return rnn_step(x, h, self.weight_ih, self.weight_hh, bias, self.nonlinearity)


class RNN(RecurrentLayers):
    """A plain recurrent network of one layer or several, in one direction or both.

    Args:
        input_size: number of inputs a step, d.
        hidden_size: size of the state, h.
        num_layers: how many layers stand on top of each other; each reads the states below.
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".
        bias: whether there are biases; as in torch there are two, which are added.
        dropout: share of the states dropped between layers while training.
        bidirectional: whether a second network reads from the end; its states are appended.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight_ih_l0: W_xh of the first layer, shape (h, d); weight_hh_l0, bias_ih_l0, bias_hh_l0,
            further layers and "_reverse" as in torch, whose state_dict loads.

    Raises:
        ValueError: a size below 1, a share outside [0, 1), an unknown nonlinearity, inputs,
            states or a mask of another shape.

    Equation: :eq:`eq-rnn-state`.
    Section: :ref:`sec-rnn`.

    Source: Elman (1990), Finding structure in time, doi:10.1207/s15516709cog1402_1.

    Example:
        >>> H, h_n = RNN(3, 5)(torch.zeros(2, 7, 3))
        >>> H.shape, h_n.shape
        (torch.Size([2, 7, 5]), torch.Size([1, 2, 5]))

    In production: torch.nn.RNN(..., batch_first=True).
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        nonlinearity_called(nonlinearity)
        super().__init__(
            input_size, hidden_size, num_layers, bias, dropout, bidirectional, device, dtype
        )
        self.nonlinearity = nonlinearity

    def _advance(self, x: Tensor, state: State, weights: Weights) -> State:
        W_ih, W_hh, b_ih, b_hh = weights
        return (rnn_step(x, state[0], W_ih, W_hh, summed(b_ih, b_hh), self.nonlinearity),)

    def forward(
        self,
        X: Float[Tensor, "n t d"],
        h_0: Float[Tensor, "layers n h"] | None = None,
        mask: Bool[Tensor, "n t"] | None = None,
    ) -> tuple[Float[Tensor, "n t directions_h"], Float[Tensor, "layers n h"]]:
        """All states of the last layer and the last state of every layer.

        Args:
            X: sequences, shape (n, t, d).
            h_0: the states to start from, shape (layers * directions, n, h), by default 0.
            mask: True at real steps, shape (n, t): at others the state stands still and the
                output is 0, as with torch's packed sequences.

        Returns:
            Outputs (n, t, h * directions) and last states (layers * directions, n, h).
        """
        outputs, state = self._run(X, None if h_0 is None else (h_0,), mask)
        return outputs, state[0]


def rnn_num_params(
    input_size: int,
    hidden_size: int,
    cell: str = "rnn",
    *,
    num_layers: int = 1,
    bidirectional: bool = False,
    biases: int = 1,
) -> int:
    """How many parameters a recurrent network has.

    One layer has g h (d + h + biases), with g = 1 for a plain network, 3 for a GRU, 4 for an LSTM.

    Args:
        input_size: number of inputs a step, d.
        hidden_size: size of the state, h.
        cell: "rnn", "gru" or "lstm".
        num_layers: how many layers stand on top of each other.
        bidirectional: whether a second network reads from the end.
        biases: vectors of biases a gate: 1 in the equations, 2 in torch, 0 for none.

    Returns:
        The number of parameters.

    Raises:
        ValueError: the cell is unknown or a size is below 1.

    Section: :ref:`sec-gru`.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder,
        arXiv:1406.1078.

    Example:
        >>> [rnn_num_params(128, 256, cell) for cell in ("rnn", "gru", "lstm")]
        [98560, 295680, 394240]

    In production: sum(p.numel() for p in layer.parameters()).
    """
    if cell not in GATES:
        raise ValueError(f"unknown cell {cell!r}: choose from {', '.join(GATES)}")
    if not are_sizes(input_size, hidden_size, num_layers) or biases < 0:
        raise ValueError("sizes must be whole numbers of at least 1 and biases at least 0")
    directions = 2 if bidirectional else 1
    widths = [input_size] + [hidden_size * directions] * (num_layers - 1)
    rows = GATES[cell] * hidden_size
    return directions * sum(rows * (d + hidden_size + biases) for d in widths)
