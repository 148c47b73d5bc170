"""Sparsity: penalties against torch.distributions and hand sums, the top k against torch.topk."""

import pytest
import torch
from torch.distributions import Bernoulli, kl_divergence

from dlcore.autoencoder import (
    SparseAutoencoder,
    kl_sparsity_penalty,
    l1_activation_penalty,
    normalize_decoder_,
    topk_activation,
    train_autoencoder,
)
from tests.parity import assert_close


@pytest.mark.reference("a hand sum", of="dlcore.autoencoder.l1_activation_penalty")
def test_magnitudes_are_summed_over_units_and_averaged_over_examples():
    h = torch.tensor([[1.0, -2.0, 0.0], [0.5, 0.0, 0.5]], requires_grad=True)
    penalty = l1_activation_penalty(h)
    assert penalty.item() == 2.0
    penalty.backward()
    assert h.grad.tolist() == [[0.5, -0.5, 0.0], [0.5, 0.0, 0.5]]


@pytest.mark.reference(
    "torch.distributions.kl_divergence", of="dlcore.autoencoder.kl_sparsity_penalty"
)
def test_the_divergence_is_that_of_two_coins_for_each_unit(generator):
    h = torch.rand(13, 5, dtype=torch.float64, generator=generator)
    rho = torch.tensor(0.1, dtype=torch.float64)
    expected = kl_divergence(Bernoulli(rho.expand(5)), Bernoulli(h.mean(0))).sum()
    assert_close(kl_sparsity_penalty(h, 0.1), expected)
    assert kl_sparsity_penalty(torch.zeros(3, 1)).item() == float("inf")


@pytest.mark.reference("torch.topk", of="dlcore.autoencoder.topk_activation")
def test_the_largest_activations_stay_and_get_gradients(generator):
    h = torch.randn(2, 3, 7, generator=generator).requires_grad_()
    kept = topk_activation(h, 3)
    assert_close(kept.topk(3).values.relu(), h.topk(3).values.relu())
    assert (kept != 0).sum(-1).eq(3).all()
    assert torch.equal(kept[kept != 0], h[kept != 0])
    kept.sum().backward()
    assert torch.equal(h.grad, (kept != 0).float())


@pytest.mark.reference("torch.nn.functional.normalize", of="dlcore.autoencoder.normalize_decoder_")
def test_columns_get_length_one(generator):
    layer = torch.nn.Linear(4, 3)
    before = layer.weight.detach().clone()
    assert normalize_decoder_(layer) is layer
    assert_close(layer.weight, torch.nn.functional.normalize(before, dim=0), rtol=1e-6)
    assert_close(layer.weight.norm(dim=0), torch.ones(4), rtol=1e-6)


@pytest.mark.reference("rescaled ReLU units", of="dlcore.autoencoder.SparseAutoencoder")
def test_smaller_codes_with_longer_columns_cost_less_until_columns_have_length_one(generator):
    x = torch.rand(9, 4, dtype=torch.float64, generator=generator)
    model = SparseAutoencoder(4, 6, weight=1.0).double()
    rebuilt, h = model(x), model.encode(x)
    with torch.no_grad():
        for p in model.encoder.parameters():
            p *= 0.01
        model.decoder[0].weight *= 100
    assert_close(model(x), rebuilt)
    assert_close(model.encode(x), 0.01 * h)
    error = (rebuilt - x).square().sum(1).mean()
    assert_close(model.loss(x), error + 0.01 * h.sum(1).mean())
    model.constrain_()
    assert_close(model.decoder[0].weight.norm(dim=0), torch.ones(6))


@pytest.mark.reference("the parts of the loss", of="dlcore.autoencoder.SparseAutoencoder")
def test_each_penalty_has_its_units(generator):
    x = torch.rand(9, 4, dtype=torch.float64, generator=generator)
    coins = SparseAutoencoder(4, 6, penalty="kl", weight=0.3, rho=0.2).double()
    h = (x @ coins.encoder[0].weight.T + coins.encoder[0].bias).sigmoid()
    assert_close(coins.encode(x), h)
    error = (coins.decode(h) - x).square().sum(1).mean()
    divergence = kl_divergence(Bernoulli(0.2 + 0 * h.mean(0)), Bernoulli(h.mean(0))).sum()
    assert_close(coins.loss(x), error + 0.3 * divergence)
    few = SparseAutoencoder(4, 6, penalty="topk", k=2).double()
    h = (x @ few.encoder[0].weight.T + few.encoder[0].bias).relu()
    kept = torch.where(h >= h.topk(2).values[:, -1:], h, 0)
    assert_close(few.encode(x), kept)
    assert_close(few.loss(x), (few.decode(kept) - x).square().sum(1).mean())
    assert few.active_share(x) == pytest.approx((kept > 0).double().mean().item())


@pytest.mark.reference("monotone in the weight", of="dlcore.autoencoder.SparseAutoencoder")
def test_fewer_units_are_active_under_a_heavier_penalty(generator):
    x = torch.rand(64, 8, generator=generator)
    shares = []
    for weight in (0.0, 0.3, 3.0):
        torch.manual_seed(0)
        model = SparseAutoencoder(8, 16, weight=weight)
        train_autoencoder(model, x, epochs=80, batch_size=64, lr=0.02, progress=False)
        shares.append(model.active_share(x))
    assert shares[0] > shares[1] + 0.05 > shares[2] + 0.1


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SparseAutoencoder(4, 6, penalty="l0"), "penalty must be"),
        (lambda: SparseAutoencoder(4, 6, weight=-1), "weight >= 0"),
        (lambda: SparseAutoencoder(4, 6, rho=1.0), "rho in"),
        (lambda: SparseAutoencoder(4, 6, penalty="topk"), "needs k in 1..6"),
        (lambda: SparseAutoencoder(4, 6, tied=True), "unit_norm=False"),
        (lambda: topk_activation(torch.ones(2, 3), 4), "1..3"),
        (lambda: kl_sparsity_penalty(torch.ones(2, 3) * 2), "use a sigmoid"),
        (lambda: kl_sparsity_penalty(torch.ones(2, 3), 0.0), "rho must lie"),
        (lambda: l1_activation_penalty(torch.ones(3)), r"\(b, m\), got \(3,\)"),
        (lambda: normalize_decoder_(torch.nn.ReLU()), "a weight"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()
