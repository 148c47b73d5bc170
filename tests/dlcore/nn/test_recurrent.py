"""Recurrent layers against torch's, with its weights loaded: values, gradients, padding."""

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from dlcore import nn
from tests.parity import assert_close, assert_parity

N, T, D, H = 3, 7, 2, 5
F64 = {"dtype": torch.float64}


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, **F64)


PAIRS = {
    "RNN": (nn.RNN, torch.nn.RNN, {}),
    "RNN relu": (nn.RNN, torch.nn.RNN, {"nonlinearity": "relu", "bias": False}),
    "RNN deep both": (nn.RNN, torch.nn.RNN, {"num_layers": 2, "bidirectional": True}),
    "GRU": (nn.GRU, torch.nn.GRU, {}),
    "GRU plain": (nn.GRU, torch.nn.GRU, {"bias": False}),
    "GRU deep both": (nn.GRU, torch.nn.GRU, {"num_layers": 2, "bidirectional": True}),
    "LSTM": (nn.LSTM, torch.nn.LSTM, {}),
    "LSTM plain": (nn.LSTM, torch.nn.LSTM, {"bias": False}),
    "LSTM deep both": (nn.LSTM, torch.nn.LSTM, {"num_layers": 3, "bidirectional": True}),
}


def layers(name):
    ours, theirs, options = PAIRS[name]
    theirs = theirs(D, H, batch_first=True, **options, **F64)
    ours = ours(D, H, **options, **F64)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def flat(outputs, state):
    return [outputs, *([state] if isinstance(state, torch.Tensor) else state)]


def value_and_gradients(layer, X, start, run):
    X = X.clone().requires_grad_()
    start = [s.clone().requires_grad_() for s in start]
    results = run(layer, X, start[0] if len(start) == 1 else tuple(start))
    total = sum(
        (r * torch.linspace(-1, 2, r.numel(), **F64).reshape(r.shape)).sum() for r in results
    )
    return [*results, *torch.autograd.grad(total, [X, *start, *layer.parameters()])]


def starts(ours, generator, n=N):
    shape = (ours.num_layers * (1 + ours.bidirectional), n, H)
    return [draw(generator, *shape) for _ in range(2 if ours.gates == 4 else 1)]


@pytest.mark.reference("torch.nn.RNN", of="dlcore.nn.RNN")
@pytest.mark.reference("torch.nn.GRU", of="dlcore.nn.GRU")
@pytest.mark.reference("torch.nn.LSTM", of="dlcore.nn.LSTM")
@pytest.mark.parametrize("name", PAIRS)
def test_layers_as_in_torch(name, generator):
    ours, theirs = layers(name)
    X, start = draw(generator, N, T, D), starts(ours, generator)
    mine = value_and_gradients(ours, X, start, lambda layer, X, s: flat(*layer(X, s)))
    expected = value_and_gradients(theirs, X, start, lambda layer, X, s: flat(*layer(X, s)))
    for a, e in zip(mine, expected, strict=True):
        assert_close(a, e)
    for a, e in zip(flat(*ours(X)), flat(*theirs(X)), strict=True):
        assert_close(a, e)


@pytest.mark.parametrize("name", PAIRS)
def test_a_mask_does_what_packing_does(name, generator):
    ours, theirs = layers(name)
    X, start, lengths = draw(generator, N, T, D), starts(ours, generator), [4, 7, 1]

    def packed(layer, X, s):
        packed = pack_padded_sequence(X, lengths, batch_first=True, enforce_sorted=False)
        outputs, state = layer(packed, s)
        return flat(pad_packed_sequence(outputs, batch_first=True)[0], state)

    def masked(layer, X, s):
        return flat(*layer(X, s, nn.sequence_mask(torch.tensor(lengths))))

    expected = value_and_gradients(theirs, X, start, packed)
    for a, e in zip(value_and_gradients(ours, X, start, masked), expected, strict=True):
        assert_close(a, e)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_the_same_numbers_from_the_same_seed(name):
    ours, theirs, _ = PAIRS[name]
    torch.manual_seed(3)
    mine = ours(D, H, num_layers=2, bidirectional=True).state_dict()
    torch.manual_seed(3)
    for key, value in theirs(D, H, num_layers=2, bidirectional=True).state_dict().items():
        assert torch.equal(mine[key], value)


def test_dropout_between_layers_only_while_training(generator):
    layer = nn.LSTM(D, H, num_layers=2, dropout=0.5, **F64)
    X = draw(generator, N, T, D)
    assert not torch.equal(layer(X)[0], layer(X)[0])
    layer.eval()
    assert torch.equal(layer(X)[0], layer(X)[0])
    one = nn.LSTM(D, H, dropout=0.5, **F64)
    assert torch.equal(one(X)[0], one(X)[0])


CELLS = {
    "RNNCell": (nn.RNNCell, torch.nn.RNNCell, {}),
    "RNNCell relu": (nn.RNNCell, torch.nn.RNNCell, {"nonlinearity": "relu"}),
    "RNNCell plain": (nn.RNNCell, torch.nn.RNNCell, {"bias": False}),
    "GRUCell": (nn.GRUCell, torch.nn.GRUCell, {}),
    "GRUCell plain": (nn.GRUCell, torch.nn.GRUCell, {"bias": False}),
    "LSTMCell": (nn.LSTMCell, torch.nn.LSTMCell, {}),
    "LSTMCell plain": (nn.LSTMCell, torch.nn.LSTMCell, {"bias": False}),
}


@pytest.mark.reference("torch.nn.RNNCell", of="dlcore.nn.RNNCell")
@pytest.mark.reference("torch.nn.GRUCell", of="dlcore.nn.GRUCell")
@pytest.mark.reference("torch.nn.LSTMCell", of="dlcore.nn.LSTMCell")
@pytest.mark.parametrize("name", CELLS)
def test_cells_as_in_torch(name, generator):
    ours, theirs, options = CELLS[name]
    theirs, ours = theirs(D, H, **options, **F64), ours(D, H, **options, **F64)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    x = draw(generator, N, D)
    start = [draw(generator, N, H) for _ in range(2 if "LSTM" in name else 1)]

    def run(cell, x, state):
        out = cell(x, state)
        return [out] if isinstance(out, torch.Tensor) else list(out)

    expected = value_and_gradients(theirs, x, start, run)
    for a, e in zip(value_and_gradients(ours, x, start, run), expected, strict=True):
        assert_close(a, e)
    first, second = ours(x), theirs(x)
    assert_close(
        first if isinstance(first, torch.Tensor) else first[0],
        second if isinstance(second, torch.Tensor) else second[0],
    )


def weights(generator, gates=1):
    return draw(generator, gates * H, D), draw(generator, gates * H, H), draw(generator, gates * H)


@pytest.mark.reference("torch.nn.RNNCell", of="dlcore.nn.rnn_step")
@pytest.mark.reference("torch.nn.RNN", of="dlcore.nn.rnn_forward")
def test_plain_steps_in_both_precisions(generator):
    W_xh, W_hh, b = weights(generator)
    X, h_0 = draw(generator, N, T, D), draw(generator, N, H)

    def step(x, h, W_xh, W_hh, b):
        return torch.rnn_tanh_cell(x, h, W_xh, W_hh, b, torch.zeros_like(b))

    def layer(X, W_xh, W_hh, b, h_0):
        flat = [W_xh, W_hh, b, torch.zeros_like(b)]
        return torch.rnn_tanh(X, h_0[None], flat, True, 1, 0.0, False, False, True)[0]

    assert_parity(nn.rnn_step, step, X[:, 0], h_0, W_xh, W_hh, b)
    assert_parity(nn.rnn_forward, layer, X, W_xh, W_hh, b, h_0)
    by_cell = nn.rnn_step(X[:, 0], h_0, W_xh, W_hh, b, "relu")
    assert_close(by_cell, torch.rnn_relu_cell(X[:, 0], h_0, W_xh, W_hh, b, 0 * b))


def test_the_worked_example():
    W_xh, W_hh = torch.tensor([[0.5, -0.3], [0.8, 0.2]]), torch.tensor([[0.1, 0.4], [-0.2, 0.3]])
    X = torch.tensor([[[1.0, 2.0], [0.0, 1.0]]])
    states = nn.rnn_forward(X, W_xh, W_hh, torch.tensor([0.0, 0.1]))
    expected = [[[-0.0997, 0.8617], [0.0347, 0.5215]]]
    assert_close(states, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("t", [1, 7, 50])
def test_any_length_with_the_same_weights_and_order_counts(t, generator):
    layer = nn.RNN(D, H, **F64)
    X = draw(generator, N, t, D)
    states, last = layer(X)
    assert states.shape == (N, t, H)
    assert_close(last[0], states[:, -1])
    if t > 1:
        assert not torch.allclose(layer(X.flip(1))[1], last)


@pytest.mark.reference("torch.nn.LSTMCell", of="dlcore.nn.lstm_step")
@pytest.mark.reference("torch.nn.LSTMCell", of="dlcore.nn.LSTMGates")
def test_lstm_step_and_the_variant_of_1997(generator):
    W_ih, W_hh, b = weights(generator, 4)
    x, h, c = draw(generator, N, D), draw(generator, N, H), draw(generator, N, H)
    step = nn.lstm_step(x, h, c, W_ih, W_hh, b)
    expected = torch.lstm_cell(x, (h, c), W_ih, W_hh, b, 0 * b)
    assert_close(step.h, expected[0])
    assert_close(step.c, expected[1])
    assert_close(step.o * torch.tanh(step.f * c + step.i * step.g), expected[0])
    early = nn.lstm_step(x, h, c, W_ih, W_hh, b, forget_gate=False)
    open_bias = b.clone()
    open_bias[H : 2 * H] = 1e4
    assert_close(early.c, torch.lstm_cell(x, (h, c), W_ih, W_hh, open_bias, 0 * b)[1])
    layer = nn.LSTM(D, H, forget_gate=False, **F64)
    peer = torch.nn.LSTM(D, H, batch_first=True, **F64)
    peer.load_state_dict(layer.state_dict())
    with torch.no_grad():
        peer.bias_ih_l0[H : 2 * H] = 1e4
    assert_close(layer(x[:, None])[0], peer(x[:, None])[0])


@pytest.mark.reference("torch.nn.GRUCell", of="dlcore.nn.gru_step")
@pytest.mark.reference("torch.nn.GRUCell", of="dlcore.nn.GRUGates")
def test_gru_step_in_both_forms(generator):
    W_ih, W_hh, b = weights(generator, 3)
    b_hh = draw(generator, 3 * H)
    x, h = draw(generator, N, D), draw(generator, N, H)
    step = nn.gru_step(x, h, W_ih, W_hh, b, b_hh)
    assert_close(step.h, torch.gru_cell(x, h, W_ih, W_hh, b, b_hh))
    assert_close(step.z * h + (1 - step.z) * step.n, step.h)
    first = nn.gru_step(x, h, W_ih, W_hh, b, reset_after=False)
    r = torch.sigmoid(x @ W_ih[:H].T + h @ W_hh[:H].T + b[:H])
    z = torch.sigmoid(x @ W_ih[H : 2 * H].T + h @ W_hh[H : 2 * H].T + b[H : 2 * H])
    candidate = torch.tanh(
        torch.cat([r * h, x], 1) @ torch.cat([W_hh[2 * H :], W_ih[2 * H :]], 1).T + b[2 * H :]
    )
    assert_close(first.h, torch.lerp(candidate, h, z))
    assert not torch.allclose(first.h, nn.gru_step(x, h, W_ih, W_hh, b).h)


def test_a_gate_that_overwrites_is_one_with_its_weights_negated(generator):
    W_ih, W_hh, b = weights(generator, 3)
    x, h = draw(generator, N, D), draw(generator, N, H)
    keeps = nn.gru_step(x, h, W_ih, W_hh, b, reset_after=False)
    negated = [torch.cat([W[:H], -W[H : 2 * H], W[2 * H :]]) for W in (W_ih, W_hh, b)]
    overwrites = nn.gru_step(x, h, *negated, reset_after=False)
    assert_close(overwrites.z, 1 - keeps.z)
    assert_close(overwrites.h, (1 - keeps.z) * h + keeps.z * keeps.n)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_the_trace_is_what_the_layer_does(kind, generator):
    layer, X = kind(D, H, **F64), draw(generator, N, T, D)
    trace = layer.trace(X)
    assert_close(trace.h, layer(X)[0])
    assert all(part.shape == (N, T, H) for part in trace)


@pytest.mark.parametrize("reset_after", [True, False])
def test_cell_and_layer_agree_on_where_the_reset_acts(reset_after, generator):
    layer = nn.GRU(D, H, reset_after=reset_after, **F64)
    cell = nn.GRUCell(D, H, reset_after=reset_after, **F64)
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.state_dict().items()})
    X, h = draw(generator, N, T, D), None
    for x in X.unbind(1):
        h = cell(x, h)
    assert_close(h, layer(X)[1][0])


@pytest.mark.reference("torch.nn.LSTM: sum of p.numel()", of="dlcore.nn.rnn_num_params")
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_counts_of_parameters(cell):
    kind = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell]
    for layers, both, bias in [(1, False, True), (3, True, True), (2, True, False)]:
        peer = kind(300, 64, num_layers=layers, bidirectional=both, bias=bias)
        ours = nn.rnn_num_params(
            300, 64, cell, num_layers=layers, bidirectional=both, biases=2 * bias
        )
        assert ours == sum(p.numel() for p in peer.parameters())
    assert nn.rnn_num_params(128, 256, "lstm", bidirectional=True) == 788_480
    assert nn.rnn_num_params(128, 256, "gru", biases=0) == 294_912


@pytest.mark.bad_input
def test_what_does_not_fit():
    layer, X = nn.LSTM(2, 5), torch.zeros(3, 7, 2)
    for call, message in (
        (lambda: nn.RNN(0, 5), "at least 1"),
        (lambda: nn.RNNCell(2, 0), "at least 1"),
        (lambda: nn.LSTMCell("2", 5), "whole numbers of at least 1, got '2' and 5"),
        (lambda: nn.LSTM(2, 5, num_layers=1.5), "whole numbers of at least 1, got 2, 5, 1.5"),
        (lambda: nn.GRU(2, 5, dropout=1.0), r"\[0, 1\)"),
        (lambda: nn.RNN(2, 5, nonlinearity="cube"), "unknown nonlinearity"),
        (lambda: layer(torch.zeros(3, 7, 4)), r"\(n, t, 2\)"),
        (lambda: layer(torch.zeros(3, 0, 2)), "t >= 1"),
        (lambda: layer(X, mask=torch.ones(3, 6, dtype=torch.bool)), r"\(3, 7\)"),
        (lambda: layer(X, (torch.zeros(1, 2, 5),) * 2), r"\(1, 3, 5\)"),
        (lambda: nn.GRUCell(2, 5)(torch.zeros(3, 4)), r"\(n, 2\)"),
        (lambda: nn.rnn_num_params(2, 5, "tree"), "unknown cell"),
        (lambda: nn.rnn_num_params(0, 5), "at least 1"),
        (
            lambda: nn.lstm_step(X[:, 0], *[torch.zeros(3, 5)] * 2, X[0, :3], X[0, :3]),
            "four blocks",
        ),
        (lambda: nn.gru_step(X[:, 0], torch.zeros(3, 5), X[0, :3], X[0, :3]), "three blocks"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
