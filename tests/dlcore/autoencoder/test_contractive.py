"""Penalties on the encoder's Jacobian against the Jacobian itself."""

import pytest
import torch
from torch import nn
from torch.autograd.functional import jacobian

from dlcore.autoencoder import (
    ContractiveAutoencoder,
    contractive_penalty,
    contractive_penalty_grad,
    jacobian_frobenius,
)
from tests.parity import assert_close


def draw(generator, *shape):
    return torch.randn(shape, dtype=torch.float64, generator=generator)


@pytest.fixture
def layer(generator):
    return draw(generator, 5, 3), draw(generator, 4, 3), draw(generator, 4)


def network():
    return nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4), nn.Sigmoid()).double()


@pytest.mark.reference(
    "torch.autograd.functional.jacobian", of="dlcore.autoencoder.jacobian_frobenius"
)
def test_the_exact_norm_is_that_of_the_jacobian_and_has_gradients(generator):
    f, x = network(), draw(generator, 7, 2, 3)
    expected = torch.stack([jacobian(lambda v: f(v.flatten()), row).square().sum() for row in x])
    g = lambda batch: f(batch.flatten(1))  # noqa: E731
    assert_close(jacobian_frobenius(g, x), expected)
    with torch.no_grad():
        assert_close(jacobian_frobenius(g, x), expected)
    assert not x.requires_grad
    x = x[:2].requires_grad_()
    assert torch.autograd.gradcheck(lambda v: jacobian_frobenius(g, v), x)


@pytest.mark.reference(
    "torch.autograd.functional.jacobian", of="dlcore.autoencoder.jacobian_frobenius"
)
def test_random_signs_give_the_norm_on_average(generator):
    A = draw(generator, 4, 6)
    x = draw(generator, 2, 6)
    draws = torch.stack(
        [
            jacobian_frobenius(lambda v: v @ A.T, x, samples=10, generator=generator)
            for _ in range(200)
        ]
    ).flatten()
    gram = A @ A.T
    # the variance of one draw is 2 sum of the squared entries off the diagonal
    spread = (2 * (gram - gram.diag().diag()).square().sum() / (10 * len(draws))).sqrt()
    assert (draws.mean() - A.square().sum()).abs() < 5 * spread
    R = torch.linalg.qr(A.T).Q.T  # orthonormal rows: every draw is exact
    assert_close(
        jacobian_frobenius(lambda v: v @ R.T, x, samples=1, generator=generator),
        torch.full((2,), 4.0),
    )


@pytest.mark.reference(
    "torch.autograd.functional.jacobian", of="dlcore.autoencoder.contractive_penalty"
)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus"])
def test_one_layer_needs_no_jacobian(layer, activation):
    x, W, b = layer
    f = getattr(nn.functional, activation)
    jacobians = [jacobian(lambda v: f(W @ v + b), row) for row in x]
    expected = torch.stack([J.square().sum() for J in jacobians]).mean()
    assert_close(contractive_penalty(x, W, b, activation), expected)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.autoencoder.contractive_penalty_grad")
@pytest.mark.reference("torch.autograd.grad", of="dlcore.autoencoder.ContractiveGradient")
def test_the_gradient_written_out_is_that_of_autograd(layer):
    x, W, b = layer
    W, b = W.requires_grad_(), b.requires_grad_()
    h = torch.sigmoid(x @ W.T + b)
    penalty = ((h * (1 - h)).square() * W.square().sum(1)).sum(1).mean()
    weight, bias = torch.autograd.grad(penalty, (W, b))
    ours = contractive_penalty_grad(x, W.detach(), b.detach())
    assert_close(ours.weight, weight)
    assert_close(ours.bias, bias)


@pytest.mark.reference(
    "the closed form of one layer", of="dlcore.autoencoder.ContractiveAutoencoder"
)
def test_the_loss_adds_the_penalty_of_the_encoder(generator):
    x = torch.rand(5, 6, dtype=torch.float64, generator=generator)
    model = ContractiveAutoencoder([6, 4], weight=0.7).double()
    W, b = model.encoder[0].weight, model.encoder[0].bias
    assert model.decoder[0].weight is W
    h = torch.sigmoid(x @ W.T + b)
    penalty = ((h * (1 - h)).square() * W.square().sum(1)).sum(1).mean()
    expected = (h @ W + model.decoder[0].bias - x).square().sum(1).mean() + 0.7 * penalty
    assert_close(model.loss(x), expected)
    (ours,), (theirs,) = (torch.autograd.grad(loss, W) for loss in (model.loss(x), expected))
    assert_close(ours, theirs)


@pytest.mark.reference(
    "torch.autograd.functional.jacobian", of="dlcore.autoencoder.ContractiveAutoencoder"
)
def test_deep_encoders_pay_for_the_whole_jacobian(generator):
    x = torch.rand(5, 6, dtype=torch.float64, generator=generator)
    model = ContractiveAutoencoder([6, 5, 3], "tanh", tied=False).double()
    assert model.decoder[0].weight is not model.encoder[2].weight
    jacobians = [jacobian(lambda v: model.encode(v[None])[0], row) for row in x]
    expected = torch.stack([J.square().sum() for J in jacobians]).mean()
    assert_close(model.penalty(x), expected)
    model.samples = 2000
    assert (model.penalty(x) / expected - 1).abs() < 0.2


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x, W, b: jacobian_frobenius(torch.sin, x, samples=0), "at least 1"),
        (lambda x, W, b: contractive_penalty(x, W.T, b), r"W \(k, d\)"),
        (lambda x, W, b: contractive_penalty(x, W, b[:1]), r"b \(k,\)"),
        (lambda x, W, b: contractive_penalty(x[:0], W, b), "no examples"),
        (lambda x, W, b: contractive_penalty(x, W, b, "step"), "unknown activation"),
        (lambda x, W, b: contractive_penalty_grad(x[0], W, b), r"x \(b, d\)"),
        (lambda x, W, b: ContractiveAutoencoder([3, 2], weight=-1), "weight >= 0"),
        (lambda x, W, b: ContractiveAutoencoder([3, 2], samples=0), "samples >= 1"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.zeros(5, 3), torch.zeros(4, 3), torch.zeros(4))
