"""The gated recurrent unit: two gates, and a state that is its own memory."""

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
)


class GRUGates(NamedTuple):
    """What happens in a step, or in all steps, of a GRU.

    Attributes:
        r: reset gate, between 0 and 1: how much of the state the candidate sees.
        z: update gate, between 0 and 1: how much of the state is kept.
        n: candidate, between -1 and 1.
        h: the state afterwards, (1 - z) n + z h.
    """

    r: Float[Tensor, "*steps h"]
    z: Float[Tensor, "*steps h"]
    n: Float[Tensor, "*steps h"]
    h: Float[Tensor, "*steps h"]


def gru_step(
    x: Float[Tensor, "n d"],
    h: Float[Tensor, "n h"],
    W_ih: Float[Tensor, "gates_h d"],
    W_hh: Float[Tensor, "gates_h h"],
    b_ih: Float[Tensor, " gates_h"] | None = None,
    b_hh: Float[Tensor, " gates_h"] | None = None,
    reset_after: bool = True,
) -> GRUGates:
    """One step: between the state before and a candidate, a mixture that the update gate sets.

    The update gate keeps, as in Cho et al. (2014) and in torch. Where it is said to overwrite,
    z and 1 - z change places: negate its weights and biases.

    Args:
        x: the input at this step, shape (n, d).
        h: the state before, shape (n, h).
        W_ih: weights of the input, shape (3h, d): reset gate, update gate, candidate.
        W_hh: weights of the state, shape (3h, h), in the same order.
        b_ih: biases, shape (3h,), or None for 0.
        b_hh: biases, shape (3h,), or None for 0; with reset_after the candidate's is reset too.
        reset_after: whether the reset gate acts on the state after the matrix product, as in
            torch, or on the state itself, as first published.

    Returns:
        The gates, the candidate and the state, each of shape (n, h).

    Raises:
        ValueError: the weights have no three blocks of h rows.

    Equation: :eq:`eq-gru`.
    Section: :ref:`sec-gru`.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder,
        arXiv:1406.1078.

    Example:
        >>> h, zeros = torch.tensor([[0.7]]), torch.zeros(3, 1)
        >>> gru_step(h, h, zeros, zeros, torch.tensor([0.0, 99.0, 0.0])).h
        tensor([[0.7000]])

    In production: torch.nn.GRUCell.
    """
    if W_ih.shape[0] != 3 * h.shape[-1]:
        raise ValueError(
            f"W_ih must have {3 * h.shape[-1]} rows, three blocks, got {W_ih.shape[0]}"
        )
    d_h = h.shape[1]
    W_rz, W_n = W_hh.split([2 * d_h, d_h])
    b_rz, b_n = (None, None) if b_hh is None else b_hh.split([2 * d_h, d_h])
    x_r, x_z, x_n = affine(x, W_ih, b_ih).chunk(3, dim=1)
    h_r, h_z = affine(h, W_rz, b_rz).chunk(2, dim=1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = tanh(x_n + (r * affine(h, W_n, b_n) if reset_after else affine(r * h, W_n, b_n)))
    return GRUGates(r, z, n, (1 - z) * n + z * h)


def _state(x: Tensor, h: Tensor, weights: Weights, reset_after: bool) -> Tensor:
    """The state after `gru_step`; on a GPU all gates are one kernel."""
    W_ih, W_hh, b_ih, b_hh = weights
    if reset_after and runs_kernel(x, h):
        gates = affine(x, W_ih, b_ih), affine(h, W_hh, b_hh)
        with torch.autocast(x.device.type, enabled=False):
            return kernels.gru_cell(*gates, h)
    return gru_step(x, h, *weights, reset_after).h


class GRUCell(RecurrentCell):
    """One step of a GRU, with its weights.

    Args:
        input_size: number of inputs, d.
        hidden_size: size of the state, h.
        bias: whether there are biases, two as in torch.
        reset_after: see `gru_step`.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight_ih: shape (3h, d): reset gate, update gate, candidate.
        weight_hh: shape (3h, h).
        bias_ih: shape (3h,), or None.
        bias_hh: shape (3h,), or None.

    Raises:
        ValueError: a size below 1, inputs without d features.

    Equation: :eq:`eq-gru`.
    Section: :ref:`sec-gru`.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder,
        arXiv:1406.1078.

    Example:
        >>> GRUCell(3, 5)(torch.zeros(2, 3)).shape
        torch.Size([2, 5])

    In production: torch.nn.GRUCell.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        reset_after: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(3, input_size, hidden_size, bias, device, dtype)
        self.reset_after = reset_after

    def forward(
        self, x: Float[Tensor, "n d"], h: Float[Tensor, "n h"] | None = None
    ) -> Float[Tensor, "n h"]:
        """The state after input x, shape (n, h), from the state h before, by default 0."""
        self._check(x)
        h = self._zeros(x) if h is None else h
        weights = self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        return _state(x, h, weights, self.reset_after)


class GRU(RecurrentLayers):
    """A network of gated recurrent units of one layer or several, in one direction or both.

    Args:
        input_size: number of inputs a step, d.
        hidden_size: size of the state, h.
        num_layers: how many layers stand on top of each other.
        bias: whether there are biases, two as in torch.
        dropout: share of the states dropped between layers while training.
        bidirectional: whether a second network reads from the end; its states are appended.
        reset_after: see `gru_step`.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight_ih_l0: shape (3h, d): reset gate, update gate, candidate; further parameters as in
            torch, whose state_dict loads.

    Raises:
        ValueError: a size below 1, a share outside [0, 1), inputs, states or a mask of another
            shape.

    Equation: :eq:`eq-gru`.
    Section: :ref:`sec-gru`.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder,
        arXiv:1406.1078.

    Example:
        >>> H, h_n = GRU(3, 5, num_layers=2)(torch.zeros(2, 7, 3))
        >>> H.shape, h_n.shape
        (torch.Size([2, 7, 5]), torch.Size([2, 2, 5]))

    In production: torch.nn.GRU(..., batch_first=True).
    """

    gates = 3

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        reset_after: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, dropout, bidirectional, device, dtype
        )
        self.reset_after = reset_after

    def _advance(self, x: Tensor, state: State, weights: Weights) -> State:
        return (_state(x, state[0], weights, self.reset_after),)

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

    @torch.no_grad()
    def trace(self, X: Float[Tensor, "n t d"]) -> GRUGates:
        """Gates, candidate and state of the first layer, left to right, at every step.

        Args:
            X: sequences, shape (n, t, d).

        Returns:
            Each of shape (n, t, h), without gradients.
        """
        check_sequences(X, self.input_size)
        h = X.new_zeros(len(X), self.hidden_size)
        steps = []
        for x in X.unbind(dim=1):
            steps.append(gru_step(x, h, *self.weights(), self.reset_after))
            h = steps[-1].h
        return GRUGates(*(torch.stack(each, dim=1) for each in zip(*steps, strict=True)))
