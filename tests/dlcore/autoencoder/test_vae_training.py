"""Training a variational autoencoder against the same steps written out."""

import copy

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence

from dlcore.autoencoder import (
    VAE,
    ConditionalVAE,
    VAEHistory,
    free_bits,
    kl_schedule,
    train_vae,
)
from dlcore.training import NonFiniteLossError
from tests.parity import assert_close


@pytest.mark.reference("numpy.interp", of="dlcore.autoencoder.kl_schedule")
def test_schedule_against_interpolation():
    import numpy as np

    steps = range(25)
    line = np.interp(steps, [0, 8], [0, 0.6])
    assert [kl_schedule(step, 8, final=0.6) for step in steps] == pytest.approx(line)
    cycled = np.interp([step % 12 for step in steps], [0, 8], [0, 1])
    assert [kl_schedule(step, 8, cycle=12) for step in steps] == pytest.approx(cycled)


@pytest.mark.reference("numpy.maximum", of="dlcore.autoencoder.free_bits")
def test_free_bits_floor_each_dimension(generator):
    import numpy as np

    kl = torch.rand(7, 5, generator=generator, dtype=torch.float64)
    expected = np.maximum(kl.numpy().mean(0), 0.5).sum()
    assert free_bits(kl, 0.5).item() == pytest.approx(expected)
    assert_close(free_bits(kl, 0.0), kl.sum(1).mean())


def test_no_gradient_below_the_floor():
    kl = torch.tensor([[0.1, 2.0], [0.3, 4.0]], requires_grad=True)
    free_bits(kl, 0.5).backward()
    assert_close(kl.grad, torch.tensor([[0.0, 0.5], [0.0, 0.5]]))


@pytest.mark.reference("torch.optim.Adam", of="dlcore.autoencoder.train_vae")
@pytest.mark.reference("torch.distributions.kl_divergence", of="dlcore.autoencoder.VAEHistory")
def test_training_written_out(generator):
    torch.manual_seed(0)
    model = VAE.mlp([6, 5, 2])
    twin = copy.deepcopy(model)
    X = (torch.randn(10, 6, generator=generator) > 0).float()
    history = train_vae(
        model,
        X,
        epochs=2,
        batch_size=4,
        lr=0.01,
        beta=lambda step: kl_schedule(step, 4),
        floor=0.02,
        generator=torch.Generator().manual_seed(1),
    )

    noise = torch.Generator().manual_seed(1)
    optimizer = torch.optim.Adam(twin.parameters(), lr=0.01)
    step, seen = 0, []
    for _ in range(2):
        order = torch.randperm(10, generator=noise)
        for rows in (order[:4], order[4:8], order[8:]):
            mu, logvar = twin.encoder(X[rows]).chunk(2, 1)
            q = Normal(mu, (logvar / 2).exp())
            z = mu + q.scale * torch.randn(1, len(rows), 2, generator=noise)[0]
            log_p = Bernoulli(logits=twin.decoder.network(z)).log_prob(X[rows]).sum(1)
            kl = kl_divergence(q, Normal(0.0, 1.0))
            weight = min(1.0, step / 4)
            loss = weight * kl.mean(0).clamp(min=0.02).sum() - log_p.mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen.append((log_p.detach(), kl.detach()))
            step += 1
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert_close(ours, theirs, rtol=1e-3, atol=1e-4)
    for epoch in range(2):
        parts = seen[3 * epoch : 3 * epoch + 3]
        assert_close(
            history.reconstruction[epoch], torch.cat([p[0] for p in parts]).mean(), rtol=1e-4
        )
        assert_close(
            history.kl[epoch], torch.cat([p[1] for p in parts]).mean(0), rtol=1e-3, atol=1e-5
        )
    assert_close(history.bound, history.reconstruction - history.kl.sum(1))
    assert history.validation is None


def test_the_bound_rises(generator):
    torch.manual_seed(0)
    model = VAE.mlp([8, 16, 2], likelihood="gaussian", learn_scale=True)
    X = torch.randn(200, 2, generator=generator) @ torch.randn(2, 8, generator=generator)
    history = train_vae(model, X[:150], epochs=15, lr=1e-2, validation=X[150:], generator=generator)
    assert history.validation.shape == (15,)
    assert history.validation[-1] > history.validation[0] + 1
    assert history.bound[-1] > history.bound[0] + 1


# the decoder at code 0 is to give the example of the condition; without conditions it would give 0
def test_conditions_are_dealt_with_their_examples(generator):
    torch.manual_seed(0)
    model = ConditionalVAE.mlp([4, 1], condition_dim=2, likelihood="gaussian")
    c = nn.functional.one_hot(torch.arange(60) % 2, 2).float()
    X = c @ torch.tensor([[1.0, 1, -1, -1], [-1.0, 1, 1, -1]])
    history = train_vae(
        model,
        X,
        epochs=40,
        batch_size=20,
        lr=0.05,
        condition=c,
        validation=(X, c),
        generator=generator,
    )
    made = model.given(c[:2]).decode(torch.zeros(2, 1))
    assert (made - X[:2]).abs().max() < 0.3
    assert history.validation[-1] > history.validation[0]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, X: train_vae(m, X[:0], epochs=1), r"shape \(0, 6\)"),
        (lambda m, X: train_vae(m, X, epochs=0), "epochs >= 1"),
        (lambda m, X: train_vae(m, X, epochs=1, lr=0.0), "lr > 0"),
        (lambda m, X: train_vae(m, X, epochs=1, condition=X), "by no other model"),
        (
            lambda m, X: train_vae(ConditionalVAE.mlp([6, 2], 3), X, epochs=1),
            "needed by a ConditionalVAE",
        ),
        (lambda m, X: kl_schedule(-1, 3), "got step -1"),
        (lambda m, X: kl_schedule(0, 0), "warmup 0"),
        (lambda m, X: kl_schedule(0, 5, cycle=4), "cycle 4"),
        (lambda m, X: free_bits(torch.ones(3), 0.1), r"got \(3,\), 0.1"),
        (lambda m, X: free_bits(torch.ones(3, 1), -0.1), "-0.1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(VAE.mlp([6, 2]), torch.zeros(5, 6))


def test_a_loss_that_is_no_number_stops_the_training():
    model = VAE.mlp([6, 2], likelihood="gaussian")
    with pytest.raises(NonFiniteLossError):
        train_vae(model, torch.full((4, 6), float("inf")), epochs=1)


def test_history_without_validation():
    assert VAEHistory(torch.zeros(3), torch.ones(3, 2)).bound.tolist() == [-2.0, -2.0, -2.0]
