"""The plain recurrent network: one step applied again and again, with the same weights."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

State = tuple[Tensor, ...]
Weights = tuple[Tensor, Tensor, Tensor | None, Tensor | None]
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
        if input_size < 1 or hidden_size < 1:
            raise ValueError(f"sizes must be at least 1, got {input_size} and {hidden_size}")
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


class RecurrentLayers(nn.Module):
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
        if min(input_size, hidden_size, num_layers) < 1:
            raise ValueError(
                "sizes and num_layers must be at least 1, got "
                f"{input_size}, {hidden_size}, {num_layers}"
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

    def _advance(self, x: Tensor, state: State, weights: Weights) -> State:
        """The state after a step with input x."""
        raise NotImplementedError

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
    if min(input_size, hidden_size, num_layers) < 1 or biases < 0:
        raise ValueError("sizes must be at least 1 and biases at least 0")
    directions = 2 if bidirectional else 1
    widths = [input_size] + [hidden_size * directions] * (num_layers - 1)
    rows = GATES[cell] * hidden_size
    return directions * sum(rows * (d + hidden_size + biases) for d in widths)
