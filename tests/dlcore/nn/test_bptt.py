"""Backpropagation through time by hand against autograd, whole and truncated."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close

N, T, D, H, K = 3, 7, 2, 5, 4
F64 = {"dtype": torch.float64}
PHI = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": lambda z: z,
}


def problem(generator, loss="cross_entropy"):
    weights = nn.draw_rnn_weights(D, H, K, generator=generator, **F64)
    weights = nn.RNNWeights(
        *(w + 0.1 * torch.randn(w.shape, generator=generator, **F64) for w in weights)
    )
    X = torch.randn(N, T, D, generator=generator, **F64)
    Y = torch.randint(K, (N, T), generator=generator)
    if loss == "mse":
        Y = torch.randn(N, T, K, generator=generator, **F64)
    return weights, X, Y, torch.randn(N, H, generator=generator, **F64)


def by_autograd(weights, X, Y, h_0, loss, nonlinearity, detach_at=()):
    """The loss and its gradients in weights and first state, the graph cut at some steps."""
    W = [w.clone().requires_grad_() for w in weights]
    first = h = h_0.clone().requires_grad_()
    total = 0
    for t in range(X.shape[1]):
        if t in detach_at:
            h = h.detach()
        h = PHI[nonlinearity](X[:, t] @ W[0].T + h @ W[1].T + W[2])
        y = h @ W[3].T + W[4]
        if loss == "cross_entropy":
            total = total + F.cross_entropy(y, Y[:, t])
        else:
            total = total + F.mse_loss(y, Y[:, t], reduction="sum") / (2 * len(X))
    return total, torch.autograd.grad(total, [*W, first], allow_unused=True)


def check(result, expected):
    total, gradients = expected
    assert_close(result.loss, total)
    for actual, wanted in zip([*result.gradients, result.h_0], gradients, strict=True):
        assert_close(actual, torch.zeros_like(actual) if wanted is None else wanted)


@pytest.mark.reference("torch.autograd", of="dlcore.nn.bptt")
@pytest.mark.reference("torch.autograd", of="dlcore.nn.BPTT")
@pytest.mark.reference("torch.autograd", of="dlcore.nn.RNNWeights")
@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
@pytest.mark.parametrize("nonlinearity", PHI)
def test_all_gradients_as_autograd(loss, nonlinearity, generator):
    weights, X, Y, h_0 = problem(generator, loss)
    result = nn.bptt(weights, X, Y, h_0, loss=loss, nonlinearity=nonlinearity)
    check(result, by_autograd(weights, X, Y, h_0, loss, nonlinearity))
    shares = [result.deltas[:, t].T @ (result.H[:, t - 1] if t else h_0) for t in range(T)]
    assert_close(sum(shares), result.gradients.W_hh)


@pytest.mark.reference("torch.autograd", of="dlcore.nn.rnn_backward")
@pytest.mark.reference("torch.autograd", of="dlcore.nn.RNNGradients")
@pytest.mark.parametrize("nonlinearity", PHI)
def test_recurrent_part_and_inputs(nonlinearity, generator):
    (W_xh, W_hh, b_h, *_), X, _, h_0 = problem(generator)
    X, W_xh, W_hh, b_h, h_0 = (v.requires_grad_() for v in (X, W_xh, W_hh, b_h, h_0))
    zs, h, states = [], h_0, []
    for x in X.unbind(1):
        zs.append(x @ W_xh.T + h @ W_hh.T + b_h)
        zs[-1].retain_grad()
        h = PHI[nonlinearity](zs[-1])
        states.append(h)
    H_ = torch.stack(states, 1)
    grad_H = torch.randn(H_.shape, generator=generator, **F64)
    (H_ * grad_H).sum().backward()
    with torch.no_grad():
        g = nn.rnn_backward(X, H_, grad_H, W_xh, W_hh, h_0, nonlinearity)
    for actual, wanted in zip(g[:5], (X, h_0, W_xh, W_hh, b_h), strict=True):
        assert_close(actual, wanted.grad)
    assert_close(g.deltas, torch.stack([z.grad for z in zs], 1))


def test_the_scalar_case():
    one = torch.ones(1, 1, **F64)
    weights = nn.RNNWeights(one, one / 2, torch.zeros(1, **F64), one, torch.zeros(1, **F64))
    X = torch.ones(1, 3, 1, **F64)
    last = torch.tensor([0.0, 0.0, 1.0], **F64).reshape(1, 3, 1)
    H_ = nn.rnn_forward(X, one, one / 2, nonlinearity="identity")
    g = nn.rnn_backward(X, H_, last, one, one / 2, nonlinearity="identity")
    assert H_[0, 2].item() == 1.75
    assert g.W_hh.item() == 2.0
    cut = nn.rnn_backward(X[:, 2:], H_[:, 2:], last[:, 2:], one, one / 2, H_[:, 1], "identity")
    assert cut.W_hh.item() == 1.5
    assert nn.bptt(weights, X, H_, loss="mse", nonlinearity="identity").loss == 0


@pytest.mark.reference("torch.autograd with detach", of="dlcore.nn.truncated_bptt")
@pytest.mark.parametrize("window", [1, 2, 3, 6, 7, 50])
def test_truncated_as_autograd_with_detach(window, generator):
    weights, X, Y, h_0 = problem(generator)
    cuts = range(window, T, window)
    result = nn.truncated_bptt(weights, X, Y, window, h_0=h_0)
    check(result, by_autograd(weights, X, Y, h_0, "cross_entropy", "tanh", cuts))
    whole = nn.bptt(weights, X, Y, h_0)
    assert_close(result.H, whole.H)
    assert_close(result.loss, whole.loss)
    if window >= T:
        assert_close(result.gradients.W_hh, whole.gradients.W_hh)
    else:
        assert not torch.allclose(result.gradients.W_hh, whole.gradients.W_hh)


def test_windows_that_overlap_count_every_loss_once(generator):
    weights, X, Y, h_0 = problem(generator)
    expected = [torch.zeros_like(w) for w in weights]
    states = nn.rnn_forward(X, *weights[:3], h_0)
    for start, first, stop in nn.tbptt_chunks(T, window=4, stride=2):
        before = states[:, start - 1] if start else h_0
        W = [w.clone().requires_grad_() for w in weights]
        h = before
        for t in range(start, stop):
            h = torch.tanh(X[:, t] @ W[0].T + h @ W[1].T + W[2])
            if t >= first:
                step = torch.autograd.grad(
                    F.cross_entropy(h @ W[3].T + W[4], Y[:, t]), W, retain_graph=True
                )
                expected = [e + g for e, g in zip(expected, step, strict=True)]
    result = nn.truncated_bptt(weights, X, Y, 4, stride=2, h_0=h_0)
    for actual, wanted in zip(result.gradients, expected, strict=True):
        assert_close(actual, wanted)


@pytest.mark.reference("enumeration", of="dlcore.nn.tbptt_chunks")
@pytest.mark.reference("enumeration", of="dlcore.nn.Chunk")
def test_chunks_cover_every_step_once():
    for length in range(1, 12):
        for window in range(1, 13):
            for stride in range(1, window + 1):
                chunks = nn.tbptt_chunks(length, window, stride)
                steps = [t for _, first, stop in chunks for t in range(first, stop)]
                assert steps == list(range(length))
                for start, first, stop in chunks:
                    assert start == max(0, first + stride - window) <= first
                    assert stop - start <= window
    assert [c.start for c in nn.tbptt_chunks(10, 4)] == [0, 4, 8]
    assert [tuple(c) for c in nn.tbptt_chunks(7, 4, 2)] == [
        (0, 0, 2), (0, 2, 4), (2, 4, 6), (4, 6, 7),
    ]  # fmt: skip


@pytest.mark.reference("variance 1 / fan_in", of="dlcore.nn.draw_rnn_weights")
def test_drawn_weights(generator):
    W = nn.draw_rnn_weights(100, 200, 300, generator=generator)
    assert [tuple(w.shape) for w in W] == [(200, 100), (200, 200), (200,), (300, 200), (300,)]
    for w in (W.W_xh, W.W_hh, W.W_hy):
        assert abs(w.var().item() * w.shape[1] - 1) < 0.05
    assert not W.b_h.any()
    assert not W.b_y.any()


@pytest.mark.bad_input
def test_what_does_not_fit(generator):
    weights, X, Y, h_0 = problem(generator)
    states = nn.rnn_forward(X, *weights[:3], h_0)
    for call, message in (
        (lambda: nn.bptt(weights, X, Y[:, :-1]), "labels must be integers"),
        (lambda: nn.bptt(weights, X, Y, loss="mse"), "targets must have shape"),
        (lambda: nn.bptt(weights, X, Y, loss="hinge"), "'cross_entropy' or 'mse'"),
        (lambda: nn.bptt(weights, X, Y, nonlinearity="cube"), "unknown nonlinearity"),
        (lambda: nn.bptt(weights, X[..., :1], Y), "expected sequences"),
        (lambda: nn.rnn_backward(X, states, states[:, 1:], *weights[:2]), "same shape"),
        (lambda: nn.tbptt_chunks(10, 3, 5), "leaves steps out"),
        (lambda: nn.tbptt_chunks(10, 0), "at least 1"),
        (lambda: nn.draw_rnn_weights(0, 2, 3), "at least 1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
