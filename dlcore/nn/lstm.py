"""Long short-term memory: a cell that keeps what its gates let it keep."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, sigmoid, tanh

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel
from dlcore.nn.recurrent_base import (
    RecurrentCell,
    RecurrentLayers,
    State,
    Weights,
    affine,
    check_sequences,
    summed,
)


class LSTMGates(NamedTuple):
    """What happens in a step, or in all steps, of an LSTM.

    Attributes:
        i: input gate, between 0 and 1: how much of the candidate is written.
        f: forget gate, between 0 and 1: how much of the cell is kept.
        g: candidate, between -1 and 1.
        o: output gate, between 0 and 1: how much of the cell is shown.
        c: the cell afterwards.
        h: the hidden state afterwards, o tanh(c).
    """

    i: Float[Tensor, "*steps h"]
    f: Float[Tensor, "*steps h"]
    g: Float[Tensor, "*steps h"]
    o: Float[Tensor, "*steps h"]
    c: Float[Tensor, "*steps h"]
    h: Float[Tensor, "*steps h"]


def lstm_step(
    x: Float[Tensor, "n d"],
    h: Float[Tensor, "n h"],
    c: Float[Tensor, "n h"],
    W_ih: Float[Tensor, "gates_h d"],
    W_hh: Float[Tensor, "gates_h h"],
    b: Float[Tensor, " gates_h"] | None = None,
    forget_gate: bool = True,
) -> LSTMGates:
    """One step: forget some of the cell, write some of the candidate, show some of the cell.

    Args:
        x: the input at this step, shape (n, d).
        h: the hidden state before, shape (n, h).
        c: the cell before, shape (n, h).
        W_ih: weights of the input, shape (4h, d): input gate, forget gate, candidate, output gate.
        W_hh: weights of the hidden state, shape (4h, h), in the same order.
        b: biases, shape (4h,), or None for 0.
        forget_gate: without it f = 1, as in 1997.

    Returns:
        The gates, the cell and the hidden state, each of shape (n, h).

    Raises:
        ValueError: the weights have no four blocks of h rows.

    Equation: :eq:`eq-lstm-cell`.
    Section: :ref:`sec-lstm`.

    Source: Hochreiter, Schmidhuber (1997), Long short-term memory, doi:10.1162/neco.1997.9.8.1735;
        the forget gate: Gers, Schmidhuber, Cummins (2000), Learning to forget,
        doi:10.1162/089976600300015015.

    Example:
        >>> zero, W = torch.zeros(1, 1), torch.zeros(4, 1)
        >>> keep = torch.tensor([-99.0, 99.0, 0.0, 0.0])
        >>> step = lstm_step(zero, zero, zero + 0.7, W, W, keep)
        >>> step.c, step.h
        (tensor([[0.7000]]), tensor([[0.3022]]))

    In production: torch.nn.LSTMCell.
    """
    if W_ih.shape[0] != 4 * h.shape[-1]:
        raise ValueError(f"W_ih must have {4 * h.shape[-1]} rows, four blocks, got {W_ih.shape[0]}")
    z_i, z_f, z_g, z_o = (affine(x, W_ih, b) + h @ W_hh.T).chunk(4, dim=1)
    i, g, o = sigmoid(z_i), tanh(z_g), sigmoid(z_o)
    f = sigmoid(z_f) if forget_gate else torch.ones_like(z_f)
    c = f * c + i * g
    return LSTMGates(i, f, g, o, c, o * tanh(c))


def _states(
    x: Tensor, state: State, W_ih: Tensor, W_hh: Tensor, b: Tensor | None, forget_gate: bool
) -> State:
    """Hidden state and cell after `lstm_step`; on a GPU all gates are one kernel."""
    h, c = state
    if forget_gate and runs_kernel(x, h, c):
        gates = affine(x, W_ih, b), h @ W_hh.T
        with torch.autocast(x.device.type, enabled=False):
            return kernels.lstm_cell(*gates, c)
    step = lstm_step(x, h, c, W_ih, W_hh, b, forget_gate)
    return step.h, step.c


class LSTMCell(RecurrentCell):
    """One step of an LSTM, with its weights.

    Args:
        input_size: number of inputs, d.
        hidden_size: size of the hidden state and of the cell, h.
        bias: whether there are biases; as in torch there are two, which are added.
        forget_gate: without it f = 1, as in 1997; its parameters then have no say.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight_ih: shape (4h, d): input gate, forget gate, candidate, output gate.
        weight_hh: shape (4h, h).
        bias_ih: shape (4h,), or None.
        bias_hh: shape (4h,), or None.

    Raises:
        ValueError: a size below 1, inputs without d features.

    Equation: :eq:`eq-lstm-cell`.
    Section: :ref:`sec-lstm`.

    Source: Hochreiter, Schmidhuber (1997), Long short-term memory, doi:10.1162/neco.1997.9.8.1735.

    Example:
        >>> h, c = LSTMCell(3, 5)(torch.zeros(2, 3))
        >>> h.shape, c.shape
        (torch.Size([2, 5]), torch.Size([2, 5]))

    In production: torch.nn.LSTMCell.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        forget_gate: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(4, input_size, hidden_size, bias, device, dtype)
        self.forget_gate = forget_gate

    def forward(
        self,
        x: Float[Tensor, "n d"],
        state: tuple[Float[Tensor, "n h"], Float[Tensor, "n h"]] | None = None,
    ) -> tuple[Float[Tensor, "n h"], Float[Tensor, "n h"]]:
        """Hidden state and cell after input x, each (n, h), from those before, by default 0."""
        self._check(x)
        state = (self._zeros(x), self._zeros(x)) if state is None else state
        bias = summed(self.bias_ih, self.bias_hh)
        h, c = _states(x, state, self.weight_ih, self.weight_hh, bias, self.forget_gate)
        return h, c


class LSTM(RecurrentLayers):
    """A network of LSTM cells of one layer or several, in one direction or both.

    Args:
        input_size: number of inputs a step, d.
        hidden_size: size of the hidden state and of the cell, h.
        num_layers: how many layers stand on top of each other.
        bias: whether there are biases; as in torch there are two, which are added.
        dropout: share of the states dropped between layers while training.
        bidirectional: whether a second network reads from the end; its states are appended.
        forget_gate: without it f = 1, as in 1997; its parameters then have no say.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight_ih_l0: shape (4h, d): input gate, forget gate, candidate, output gate; further
            parameters as in torch, whose state_dict loads.

    Raises:
        ValueError: a size below 1, a share outside [0, 1), inputs, states or a mask of another
            shape.

    Equation: :eq:`eq-lstm-cell`.
    Section: :ref:`sec-lstm`.

    Source: Hochreiter, Schmidhuber (1997), Long short-term memory, doi:10.1162/neco.1997.9.8.1735.

    Example:
        >>> H, (h_n, c_n) = LSTM(3, 5, bidirectional=True)(torch.zeros(2, 7, 3))
        >>> H.shape, c_n.shape
        (torch.Size([2, 7, 10]), torch.Size([2, 2, 5]))

    In production: torch.nn.LSTM(..., batch_first=True).
    """

    gates = 4

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        forget_gate: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, dropout, bidirectional, device, dtype
        )
        self.forget_gate = forget_gate

    def _advance(self, x: Tensor, state: State, weights: Weights) -> State:
        W_ih, W_hh, b_ih, b_hh = weights
        return _states(x, state, W_ih, W_hh, summed(b_ih, b_hh), self.forget_gate)

    def forward(
        self,
        X: Float[Tensor, "n t d"],
        state: tuple[Float[Tensor, "layers n h"], Float[Tensor, "layers n h"]] | None = None,
        mask: Bool[Tensor, "n t"] | None = None,
    ) -> tuple[
        Float[Tensor, "n t directions_h"],
        tuple[Float[Tensor, "layers n h"], Float[Tensor, "layers n h"]],
    ]:
        """All hidden states of the last layer; the last hidden state and cell of every layer.

        Args:
            X: sequences, shape (n, t, d).
            state: hidden states and cells to start from, (layers * directions, n, h) each, by
                default 0.
            mask: True at real steps, shape (n, t): at others the state stands still and the
                output is 0, as with torch's packed sequences.

        Returns:
            Outputs (n, t, h * directions) and the last (h_n, c_n), (layers * directions, n, h).
        """
        outputs, (h_n, c_n) = self._run(X, state, mask)
        return outputs, (h_n, c_n)

    @torch.no_grad()
    def trace(self, X: Float[Tensor, "n t d"]) -> LSTMGates:
        """Gates, cell and hidden state of the first layer, left to right, at every step.

        Args:
            X: sequences, shape (n, t, d).

        Returns:
            Each of shape (n, t, h), without gradients.
        """
        check_sequences(X, self.input_size)
        state = (X.new_zeros(len(X), self.hidden_size),) * 2
        W_ih, W_hh, b_ih, b_hh = self.weights()
        bias = summed(b_ih, b_hh)
        steps: list[LSTMGates] = []
        for x in X.unbind(dim=1):
            steps.append(lstm_step(x, *state, W_ih, W_hh, bias, self.forget_gate))
            state = steps[-1].h, steps[-1].c
        return LSTMGates(*(torch.stack(each, dim=1) for each in zip(*steps, strict=True)))
