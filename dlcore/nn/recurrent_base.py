"""What plain, LSTM and GRU layers share: torch's parameters, directions, depth, padding."""

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from dlcore.nn.linear import are_sizes

State = tuple[Tensor, ...]
Weights = tuple[Tensor, Tensor, Tensor | None, Tensor | None]


def affine(x: Tensor, W: Tensor, b: Tensor | None) -> Tensor:
    """The map x W^T + b of rows, without b if it is None."""
    return x @ W.T if b is None else x @ W.T + b


def summed(b_ih: Tensor | None, b_hh: Tensor | None) -> Tensor | None:
    """The two biases of torch as one, or None."""
    return None if b_ih is None or b_hh is None else b_ih + b_hh


def check_sequences(X: Tensor, features: int) -> None:
    """Raise ValueError unless X holds sequences of vectors, batch first, one step at least."""
    if X.ndim != 3 or X.shape[-1] != features or X.shape[1] == 0:
        raise ValueError(
            f"expected sequences of shape (n, t, {features}) with t >= 1, got {tuple(X.shape)}"
        )


class RecurrentCell(nn.Module):
    """Parameters of one step, with torch's names, for several gates stacked in rows."""

    bias_ih: nn.Parameter | None
    bias_hh: nn.Parameter | None

    def __init__(
        self,
        gates: int,
        input_size: int,
        hidden_size: int,
        bias: bool,
        device: torch.device | str | None,
        dtype: torch.dtype | None,
    ) -> None:
        super().__init__()
        if not are_sizes(input_size, hidden_size):
            raise ValueError(
                f"sizes must be whole numbers of at least 1, got {input_size!r} and {hidden_size!r}"
            )
        self.input_size, self.hidden_size = input_size, hidden_size
        rows = gates * hidden_size

        def room(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape, device=device, dtype=dtype))

        self.weight_ih, self.weight_hh = room(rows, input_size), room(rows, hidden_size)
        self.register_parameter("bias_ih", room(rows) if bias else None)
        self.register_parameter("bias_hh", room(rows) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew from U(-a, a) with a = 1 / sqrt(h), as torch does."""
        a = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -a, a)

    def extra_repr(self) -> str:
        """The sizes, as printing the layer shows them."""
        return f"{self.input_size}, {self.hidden_size}"

    def _check(self, x: Tensor) -> None:
        if x.ndim != 2 or x.shape[1] != self.input_size:
            raise ValueError(
                f"expected inputs of shape (n, {self.input_size}), got {tuple(x.shape)}"
            )

    def _zeros(self, x: Tensor) -> Tensor:
        return x.new_zeros(len(x), self.hidden_size)


class RecurrentLayers(nn.Module, ABC):
    """What plain, LSTM and GRU layers share: torch's parameters, directions, depth, padding."""

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        dropout: float,
        bidirectional: bool,
        device: torch.device | str | None,
        dtype: torch.dtype | None,
    ) -> None:
        super().__init__()
        if not are_sizes(input_size, hidden_size, num_layers):
            raise ValueError(
                "sizes and num_layers must be whole numbers of at least 1, got "
                f"{input_size!r}, {hidden_size!r}, {num_layers!r}"
            )
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1), got {dropout}")
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.dropout, self.bidirectional = bias, dropout, bidirectional
        rows = self.gates * hidden_size
        for layer in range(num_layers):
            columns = hidden_size * len(self._directions) if layer else input_size
            for end in self._directions:
                shapes: dict[str, tuple[int, ...]] = {
                    "weight_ih": (rows, columns),
                    "weight_hh": (rows, hidden_size),
                }
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                for name, shape in shapes.items():
                    numbers = torch.empty(shape, device=device, dtype=dtype)
                    self.register_parameter(f"{name}_l{layer}{end}", nn.Parameter(numbers))
        self.reset_parameters()

    @property
    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def reset_parameters(self) -> None:
        """Draw all parameters anew from U(-a, a) with a = 1 / sqrt(h), as torch does."""
        a = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -a, a)

    def extra_repr(self) -> str:
        """The sizes, as printing the layer shows them."""
        return (
            f"{self.input_size}, {self.hidden_size}, num_layers={self.num_layers}, "
            f"bidirectional={self.bidirectional}"
        )

    def weights(self, layer: int = 0, reverse: bool = False) -> Weights:
        """W_ih, W_hh, b_ih, b_hh of one layer and direction; the biases None if there are none."""
        end = f"_l{layer}" + "_reverse" * reverse
        W_ih, W_hh = getattr(self, "weight_ih" + end), getattr(self, "weight_hh" + end)
        return (
            W_ih,
            W_hh,
            getattr(self, "bias_ih" + end, None),
            getattr(self, "bias_hh" + end, None),
        )

    @abstractmethod
    def _advance(self, x: Tensor, state: State, weights: Weights) -> State:
        """The state after a step with input x."""

    def _walk(
        self, X: Tensor, state: State, layer: int, reverse: bool, mask: Tensor | None
    ) -> tuple[Tensor, State]:
        """One layer in one direction: its outputs in the order of the inputs, its last state."""
        weights = self.weights(layer, reverse)
        outputs = [X.new_empty(0)] * X.shape[1]
        steps = range(X.shape[1])
        for t in reversed(steps) if reverse else steps:
            new = self._advance(X[:, t], state, weights)
            if mask is None:
                state, outputs[t] = new, new[0]
            else:
                real = mask[:, t, None]
                state = tuple(
                    torch.where(real, after, before)
                    for after, before in zip(new, state, strict=True)
                )
                outputs[t] = torch.where(real, new[0], 0)
        return torch.stack(outputs, dim=1), state

    def _run(self, X: Tensor, start: State | None, mask: Tensor | None) -> tuple[Tensor, State]:
        check_sequences(X, self.input_size)
        if mask is not None and mask.shape != X.shape[:2]:
            raise ValueError(f"mask must have shape {tuple(X.shape[:2])}, got {tuple(mask.shape)}")
        shape = (self.num_layers * len(self._directions), len(X), self.hidden_size)
        parts = 2 if self.gates == 4 else 1
        start = (X.new_zeros(shape),) * parts if start is None else start
        for part in start:
            if part.shape != shape:
                raise ValueError(f"states must have shape {shape}, got {tuple(part.shape)}")
        finals: list[State] = []
        for layer in range(self.num_layers):
            if layer:
                X = nn.functional.dropout(X, self.dropout, self.training)
            walks = []
            for reverse in range(len(self._directions)):
                state = tuple(part[len(finals)] for part in start)
                outputs, state = self._walk(X, state, layer, bool(reverse), mask)
                walks.append(outputs)
                finals.append(state)
            X = torch.cat(walks, dim=-1)
        return X, tuple(torch.stack(parts) for parts in zip(*finals, strict=True))
