"""Recurrent layers put together: both directions, depth, and steps of several lengths."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.dropout import Dropout
from dlcore.nn.gru import GRU
from dlcore.nn.lstm import LSTM
from dlcore.nn.normalization import LayerNorm
from dlcore.nn.recurrent import RNN
from dlcore.nn.recurrent_base import RecurrentLayers, check_sequences

LAYERS: dict[str, type[RecurrentLayers]] = {"rnn": RNN, "gru": GRU, "lstm": LSTM}


def _layer(cell: str, input_size: int, hidden_size: int) -> nn.Module:
    if cell not in LAYERS:
        raise ValueError(f"unknown cell {cell!r}: choose from {', '.join(LAYERS)}")
    kind: type[nn.Module] = LAYERS[cell]
    return kind(input_size, hidden_size)


class BiRNN(nn.Module):
    """Two networks with parameters of their own: one reads from the start, one from the end.

    Args:
        input_size: number of inputs a step, d.
        hidden_size: size of each direction's state, h.
        cell: "rnn", "gru" or "lstm".
        lookahead: how many future steps the second network may see at each step, starting anew
            there; by default all of them.

    Attributes:
        forward_rnn: the layer that reads from the start.
        backward_rnn: the layer that reads from the end.

    Raises:
        ValueError: a size below 1, an unknown cell, a negative lookahead, inputs of another shape.

    Equation: :eq:`eq-birnn`.
    Section: :ref:`sec-bidirectional-rnns`.

    Source: Schuster, Paliwal (1997), Bidirectional recurrent neural networks,
        doi:10.1109/78.650093.

    Example:
        >>> BiRNN(3, 5)(torch.zeros(2, 7, 3)).shape
        torch.Size([2, 7, 10])

    In production: torch.nn.RNN(..., bidirectional=True, batch_first=True).
    """

    def __init__(
        self, input_size: int, hidden_size: int, cell: str = "rnn", lookahead: int | None = None
    ) -> None:
        super().__init__()
        if lookahead is not None and lookahead < 0:
            raise ValueError(f"lookahead must be at least 0, got {lookahead}")
        self.forward_rnn = _layer(cell, input_size, hidden_size)
        self.backward_rnn = _layer(cell, input_size, hidden_size)
        self.lookahead = lookahead

    def forward(self, X: Float[Tensor, "n t d"]) -> Float[Tensor, "n t two_h"]:
        """The two states of each step side by side, shape (n, t, 2h), of inputs (n, t, d)."""
        ahead, _ = self.forward_rnn(X)
        return torch.cat([ahead, self._from_the_end(X)], dim=-1)

    def _from_the_end(self, X: Tensor) -> Tensor:
        steps = X.shape[1]
        if self.lookahead is None or self.lookahead >= steps - 1:
            return self.backward_rnn(X.flip(1))[0].flip(1)
        states = []
        for t in range(steps):
            window = X[:, t : t + self.lookahead + 1].flip(1)
            states.append(self.backward_rnn(window)[0][:, -1])
        return torch.stack(states, dim=1)


class StackedRNN(nn.Module):
    """Recurrent layers on top of each other, each with dropout, a way around it, normalization.

    Args:
        input_size: number of inputs a step, d.
        hidden_size: size of each layer's state, h.
        num_layers: how many layers.
        cell: "rnn", "gru" or "lstm".
        dropout: share of the states dropped between layers while training.
        residual: whether a layer's input is added to its output, from the second layer on.
        layer_norm: whether each layer's output is normalized, after the addition.

    Attributes:
        layers: the recurrent layers, from the inputs upwards.

    Raises:
        ValueError: a size below 1, a share outside [0, 1), an unknown cell, inputs of another
            shape.

    Equation: :eq:`eq-stacked-rnn`.
    Section: :ref:`sec-deep-rnns`.

    Source: Graves, Mohamed, Hinton (2013), Speech recognition with deep recurrent neural networks,
        arXiv:1303.5778.

    Example:
        >>> H, states = StackedRNN(3, 5, num_layers=2)(torch.zeros(2, 7, 3))
        >>> H.shape, len(states)
        (torch.Size([2, 7, 5]), 2)

    In production: torch.nn.LSTM(..., num_layers=2, batch_first=True).
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 2,
        cell: str = "lstm",
        dropout: float = 0.0,
        residual: bool = False,
        layer_norm: bool = False,
    ) -> None:
        super().__init__()
        if num_layers < 1:
            raise ValueError(f"num_layers must be at least 1, got {num_layers}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1), got {dropout}")
        widths = [input_size] + [hidden_size] * (num_layers - 1)
        self.layers = nn.ModuleList([_layer(cell, d, hidden_size) for d in widths])
        self.norms = nn.ModuleList(
            [LayerNorm(hidden_size) if layer_norm else nn.Identity() for _ in widths]
        )
        self.dropout = Dropout(dropout)
        self.residual = residual

    def _climb(self, X: Tensor) -> tuple[list[Tensor], list[object]]:
        outputs, states = [], []
        for number, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            below = self.dropout(X) if number else X
            H, state = layer(below)
            X = norm(H + X if self.residual and number else H)
            outputs.append(X)
            states.append(state)
        return outputs, states

    def forward(self, X: Float[Tensor, "n t d"]) -> tuple[Float[Tensor, "n t h"], list]:
        """The top layer's outputs, shape (n, t, h), and each layer's last state."""
        outputs, states = self._climb(X)
        return outputs[-1], states

    def layer_outputs(self, X: Float[Tensor, "n t d"]) -> list[Float[Tensor, "n t h"]]:
        """The outputs of every layer, from the inputs upwards, each of shape (n, t, h)."""
        return self._climb(X)[0]


class DilatedRNN(nn.Module):
    """Layers whose state comes from several steps back, so that the past is fewer steps away.

    Args:
        input_size: number of inputs a step, d.
        hidden_size: size of each layer's state, h.
        dilations: for each layer, how many steps back its state comes from.
        cell: "rnn", "gru" or "lstm".

    Attributes:
        layers: the recurrent layers, from the inputs upwards.

    Raises:
        ValueError: a size or a dilation below 1, none at all, an unknown cell, inputs of another
            shape.

    Section: :ref:`sec-truncated-bptt`.

    Source: Chang et al. (2017), Dilated recurrent neural networks, arXiv:1710.02224.

    Example:
        >>> DilatedRNN(3, 5, dilations=(1, 2, 4))(torch.zeros(2, 7, 3)).shape
        torch.Size([2, 7, 5])

    In production: no library's layer; the same folding around torch.nn.RNN.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        dilations: tuple[int, ...] = (1, 2, 4),
        cell: str = "rnn",
    ) -> None:
        super().__init__()
        if not dilations or min(dilations) < 1:
            raise ValueError(f"dilations must be numbers of at least 1, got {dilations}")
        widths = [input_size] + [hidden_size] * (len(dilations) - 1)
        self.input_size, self.dilations = input_size, tuple(dilations)
        self.layers = nn.ModuleList([_layer(cell, d, hidden_size) for d in widths])

    def forward(self, X: Float[Tensor, "n t d"]) -> Float[Tensor, "n t h"]:
        """The top layer's outputs, shape (n, t, h), of inputs (n, t, d)."""
        check_sequences(X, self.input_size)
        for layer, dilation in zip(self.layers, self.dilations, strict=True):
            X = self._interleaved(layer, X, dilation)
        return X

    def _interleaved(self, layer: nn.Module, X: Tensor, dilation: int) -> Tensor:
        """Every dilation-th step is a sequence of its own: they run side by side as a batch."""
        n, t, _ = X.shape
        padded = nn.functional.pad(X, (0, 0, 0, -t % dilation))
        folded = padded.unflatten(1, (-1, dilation)).transpose(1, 2).flatten(0, 1)
        H, _ = layer(folded)
        return H.unflatten(0, (n, dilation)).transpose(1, 2).flatten(1, 2)[:, :t]
