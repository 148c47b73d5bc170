"""Jacobians through time against autograd; bounds; who depends on whom."""

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

T, D, H = 6, 2, 4
F64 = {"dtype": torch.float64}
PHI = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda z: z}


def states_and_weights(generator, nonlinearity, scale=1.0):
    W_xh, W_hh, *_ = nn.draw_rnn_weights(D, H, 1, generator=generator, **F64)
    X = torch.randn(1, T, D, generator=generator, **F64)
    W_hh = scale * W_hh
    return X, nn.rnn_forward(X, W_xh, W_hh, nonlinearity=nonlinearity)[0], W_xh, W_hh


@pytest.mark.reference("torch.autograd.functional.jacobian", of="dlcore.nn.state_jacobian")
@pytest.mark.reference("torch.autograd.functional.jacobian", of="dlcore.nn.state_jacobian_norms")
@pytest.mark.parametrize("nonlinearity", PHI)
def test_products_of_jacobians(nonlinearity, generator):
    X, states, W_xh, W_hh = states_and_weights(generator, nonlinearity)
    norms = nn.state_jacobian_norms(states, W_hh, nonlinearity)
    for k in range(T):
        for t in range(k, T):

            def later(h, k=k, t=t):
                for i in range(k + 1, t + 1):
                    h = PHI[nonlinearity](X[0, i] @ W_xh.T + h @ W_hh.T)
                return h

            expected = torch.autograd.functional.jacobian(later, states[k])
            assert_close(nn.state_jacobian(states, W_hh, k, t, nonlinearity), expected)
        assert_close(norms[k], torch.linalg.svdvals(expected)[0])
    assert_close(norms[-1], 1.0)


@pytest.mark.parametrize(("nonlinearity", "gamma"), [("tanh", 1.0), ("sigmoid", 0.25)])
def test_the_bound_that_makes_gradients_vanish(nonlinearity, gamma, generator):
    for scale in (0.3, 1.0, 4.0):
        _, states, _, W_hh = states_and_weights(generator, nonlinearity, scale)
        largest = torch.linalg.svdvals(W_hh)[0]
        steps = torch.arange(T).flip(0)
        norms = nn.state_jacobian_norms(states, W_hh, nonlinearity)
        assert (norms <= (gamma * largest) ** steps * (1 + 1e-12)).all()


def test_eigenvalues_alone_do_not_tell():
    A = torch.tensor([[0.5, 10.0], [0.0, 0.5]], **F64)
    norms = nn.state_jacobian_norms(torch.zeros(21, 2, **F64), A, "identity").flip(0)
    expected = [10.02, 10.01, 7.50, 3.13, 0.195]
    assert_close(norms[[1, 2, 3, 5, 10]], expected, rtol=0, atol=6e-3)
    assert torch.linalg.eigvals(A).abs().max() == 0.5


@pytest.mark.reference("torch.autograd", of="dlcore.nn.gradient_norms_over_time")
@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, torch.nn.GRU])
def test_gradient_norms_of_any_layer(kind, generator):
    options = {"batch_first": True} if kind is torch.nn.GRU else {}
    layer = kind(D, H, **options, **F64)
    X = torch.randn(3, T, D, generator=generator, **F64)
    for loss, scalar in (
        (None, lambda y: y[:, -1].sum()),
        (lambda y: y.square().sum(), lambda y: y.square().sum()),
    ):
        Z = X.clone().requires_grad_()
        scalar(layer(Z)[0]).backward()
        expected = [[Z.grad[n, t].norm() for t in range(T)] for n in range(3)]
        expected = torch.tensor(expected, **F64).mean(0)
        assert_close(nn.gradient_norms_over_time(layer, X, loss), expected)


@pytest.mark.reference("torch.autograd.functional.jacobian", of="dlcore.nn.dependency_matrix")
def test_who_depends_on_whom(generator):
    X = torch.randn(2, T, D, generator=generator, **F64)
    for layer, looks_ahead in ((nn.RNN(D, H, **F64), 0), (nn.BiRNN(D, H).double(), T)):

        def outputs(X, layer=layer):
            out = layer(X)
            return (out if isinstance(out, torch.Tensor) else out[0]).sum(0)

        J = torch.autograd.functional.jacobian(outputs, X)
        expected = J.square().sum(dim=(1, 2, 4)).sqrt()
        actual = nn.dependency_matrix(layer, X)
        assert_close(actual, expected)
        assert torch.equal(actual != 0, torch.ones(T, T).tril(looks_ahead) != 0)


@pytest.mark.bad_input
def test_what_does_not_fit():
    states, W = torch.zeros(3, 2), torch.eye(2)
    with pytest.raises(ValueError, match="0 <= k <= t < 3"):
        nn.state_jacobian(states, W, 2, 1)
    with pytest.raises(ValueError, match="0 <= k <= t < 3"):
        nn.state_jacobian(states, W, 0, 3)
    with pytest.raises(ValueError, match="unknown nonlinearity"):
        nn.state_jacobian_norms(states, W, "cube")
