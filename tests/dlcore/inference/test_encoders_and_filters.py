"""Encoders, wake-sleep and nonlinear filters: closed forms, enumeration, sampling."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from dlcore.autoencoder import GaussianCode
from dlcore.graphical import GaussianState, KalmanFilter
from dlcore.inference import (
    AmortizedEncoder,
    ExtendedKalmanFilter,
    HelmholtzMachine,
    InferenceGaps,
    UnscentedKalmanFilter,
    WakeSleepHistory,
    amortization_gap,
    wake_sleep,
)
from tests.parity import assert_close

F64 = torch.float64
X = torch.tensor([[0.0], [2.0]], dtype=F64)


def shifted(x, z):
    """z ~ N(0, 1), x given z ~ N(z + 1, 1): the posterior is N((x - 1) / 2, 1/2)."""
    return -(z.square() + (x - z - 1).square()).sum(-1) / 2 - math.log(2 * math.pi)


class Slope(nn.Module):
    """The mean is a x, with or without a shift; the variance is free."""

    def __init__(self, bias):
        super().__init__()
        self.mean = nn.Linear(1, 1, bias=bias, dtype=F64)
        nn.init.zeros_(self.mean.weight)
        self.logvar = nn.Parameter(torch.zeros(1, dtype=F64))

    def forward(self, x):
        return torch.cat([self.mean(x), self.logvar.expand(len(x), 1)], 1)


@pytest.mark.reference("closed form", of="dlcore.inference.AmortizedEncoder")
@pytest.mark.reference("closed form", of="dlcore.inference.amortization_gap")
@pytest.mark.reference("closed form", of="dlcore.inference.InferenceGaps")
@pytest.mark.parametrize(("bias", "gap"), [(False, 0.125), (True, 0.0)])
def test_price_of_one_slope(generator, bias, gap):
    encoder = AmortizedEncoder(Slope(bias), 1)
    encoder.fit(shifted, X, steps=300, lr=0.1, samples=4, generator=generator)
    if not bias:
        assert encoder.network.mean.weight.item() == pytest.approx(0.25, abs=1e-4)
    evidence = -((X[:, 0] - 1).square()) / 4 - math.log(4 * math.pi) / 2
    found = amortization_gap(
        shifted, encoder, X, log_evidence=evidence, steps=300, samples=4, generator=generator
    )
    assert isinstance(found, InferenceGaps)
    assert found.amortization.mean().item() == pytest.approx(gap, abs=1e-3)
    assert_close(found.approximation, torch.zeros(2, dtype=F64), atol=1e-4)
    assert_close(found.code.mu, (X - 1) / 2, atol=1e-3)
    assert_close(found.code.logvar.exp(), torch.full((2, 1), 0.5, dtype=F64), atol=1e-3)
    assert_close(found.optimal, evidence, atol=1e-4)


def test_price_of_the_family(generator):
    """A posterior with correlation 0.9 under independent codes: -log(1 - 0.81) / 2."""
    precision = torch.tensor([[1.0, 0.9], [0.9, 1.0]], dtype=F64).inverse()

    def log_joint(x, z):
        return -((z - x) @ precision * (z - x)).sum(-1) / 2

    log_Z = math.log(2 * math.pi) + math.log(0.19) / 2
    gaps = amortization_gap(
        log_joint,
        lambda x: GaussianCode(x + 0.3, torch.zeros_like(x)),
        torch.zeros(1, 2, dtype=F64),
        log_evidence=torch.full((1,), log_Z, dtype=F64),
        steps=400,
        samples=8,
        lr=0.1,
        generator=generator,
    )
    assert gaps.approximation.item() == pytest.approx(0.830366, abs=1e-3)
    assert gaps.amortization.item() > 1
    total = (gaps.encoder + gaps.amortization + gaps.approximation).item()
    assert total == pytest.approx(log_Z)


def small_machine(generator):
    machine = HelmholtzMachine(3, 2, std=1.0, generator=generator).double()
    with torch.no_grad():
        machine.prior.copy_(torch.tensor([0.4, -0.7]))
    return machine


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def bernoulli(logits, x):
    p = sigmoid(logits)
    return (p**x * (1 - p) ** (1 - x)).prod(-1)


@pytest.mark.reference("enumeration", of="dlcore.inference.HelmholtzMachine")
def test_machine_by_enumeration(generator):
    machine = small_machine(generator)
    v = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
    h = np.array(list(itertools.product([0.0, 1.0], repeat=2)))
    W, b = machine.generate.weight.detach().numpy(), machine.generate.bias.detach().numpy()
    R, c = machine.recognize.weight.detach().numpy(), machine.recognize.bias.detach().numpy()
    prior = bernoulli(machine.prior.detach().numpy(), h)
    joint = prior * bernoulli((h @ W.T + b)[None], v[:, None])
    assert joint.sum() == pytest.approx(1)
    states = torch.as_tensor(v)
    assert_close(machine.log_prob(states).detach(), np.log(joint.sum(1)))
    q = bernoulli((v @ R.T + c)[:, None], h[None])
    assert_close(machine.elbo(states).detach(), (q * (np.log(joint) - np.log(q))).sum(1))
    pairs = states[:, None].expand(8, 4, 3), torch.as_tensor(h).expand(8, 4, 2)
    assert_close(machine.log_joint(*pairs).detach(), np.log(joint))
    assert_close(machine.log_recognition(*pairs).detach(), np.log(q))
    # 8000 dreams: a frequency strays 5 standard errors once in two million times
    dreams, causes = machine.dream(8000, generator=generator)
    which = (dreams @ torch.tensor([4.0, 2.0, 1.0], dtype=F64)).long().numpy()
    cause = (causes @ torch.tensor([2.0, 1.0], dtype=F64)).long().numpy()
    seen = np.zeros((8, 4))
    np.add.at(seen, (which, cause), 1 / 8000)
    assert (np.abs(seen - joint) < 5 * np.sqrt(joint / 8000)).all()
    guesses = machine.infer(states[5].expand(8000, 3), generator=generator).mean(0)
    expected = sigmoid(v[5] @ R.T + c)
    assert (np.abs(guesses.numpy() - expected) < 5 * 0.5 / 8000**0.5).all()


@pytest.mark.reference("enumeration", of="dlcore.inference.wake_sleep")
@pytest.mark.reference("enumeration", of="dlcore.inference.WakeSleepHistory")
def test_wake_sleep_learns_two_causes(generator):
    """Two bars switched on and off by two coins: the entropy of the data is 2 log 2."""
    h = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    bars = h @ torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]])
    data = bars.repeat(50, 1)
    machine = HelmholtzMachine(6, 2, std=0.5, generator=generator)
    history = wake_sleep(machine, data, epochs=60, generator=generator)
    assert isinstance(history, WakeSleepHistory)
    assert history.log_likelihoods.shape == history.bounds.shape == (61,)
    assert (history.bounds <= history.log_likelihoods + 1e-5).all()
    assert (history.log_likelihoods <= -2 * math.log(2) + 1e-5).all()
    assert history.log_likelihoods[-1] > history.log_likelihoods[0] + 1
    mean = machine.log_prob(bars).mean()
    assert history.log_likelihoods[-1].item() == pytest.approx(mean.item(), abs=1e-5)


def test_the_phases_move_their_own_network(generator):
    machine = small_machine(generator)
    v = torch.tensor([[1.0, 0.0, 1.0]], dtype=F64)
    machine.log_joint(v, machine.infer(v, generator=generator)).sum().backward()
    assert machine.recognize.weight.grad is None
    machine.zero_grad(set_to_none=True)
    machine.log_recognition(*machine.dream(3, generator=generator)).sum().backward()
    assert machine.generate.weight.grad is None
    assert machine.prior.grad is None


ONE = torch.ones(1, 1, dtype=F64)
SEEN = torch.tensor([[1.0], [0.8], [1.2]], dtype=F64)


@pytest.mark.reference("closed form", of="dlcore.inference.ExtendedKalmanFilter")
@pytest.mark.reference("closed form", of="dlcore.inference.UnscentedKalmanFilter")
@pytest.mark.parametrize("kind", [ExtendedKalmanFilter, UnscentedKalmanFilter])
def test_linear_states_are_exact(generator, kind):
    walk = kind(lambda x: x, lambda x: x, 0.1 * ONE, 0.5 * ONE)
    run = walk.filter(SEEN, torch.zeros(1, dtype=F64), ONE)
    assert_close(run.means[:, 0], np.array([0.6875, 0.740397, 0.924822]), atol=1e-6)
    spreads = run.covariances[:, 0, 0]
    assert_close(spreads, np.array([0.34375, 0.235099, 0.200634]), atol=1e-6)
    assert run.log_likelihood == pytest.approx(-3.318446, abs=1e-6)
    F, Q = torch.randn(3, 3, generator=generator, dtype=F64), torch.eye(3, dtype=F64)
    H, R = torch.randn(2, 3, generator=generator, dtype=F64), torch.eye(2, dtype=F64)
    Y = torch.randn(5, 2, generator=generator, dtype=F64)
    Y[2] = math.nan
    start = torch.zeros(3, dtype=F64), torch.eye(3, dtype=F64)
    exact = KalmanFilter(F, H, Q, R).filter(Y, *start)
    found = kind(lambda x: F @ x, lambda x: H @ x, Q, R).filter(Y, *start)
    assert_close(found.means, exact.means, rtol=1e-7, atol=1e-9)
    assert_close(found.covariances, exact.covariances, rtol=1e-7, atol=1e-9)
    assert found.log_likelihood == pytest.approx(exact.log_likelihood)


def test_tangent_of_range_and_bearing():
    """One measurement by hand: the Jacobian of distance and angle at (3, 4)."""

    def polar(x):
        return torch.stack([x.norm(), torch.atan2(x[1], x[0])])

    mean = torch.tensor([3.0, 4.0], dtype=F64)
    P, R = torch.diag(torch.tensor([2.0, 1.0], dtype=F64)), 0.1 * torch.eye(2, dtype=F64)
    y = torch.tensor([5.5, 0.9], dtype=F64)
    seen = ExtendedKalmanFilter(lambda x: x, polar, P, R).update(GaussianState(mean, P), y)
    H = np.array([[0.6, 0.8], [-4 / 25, 3 / 25]])
    S = H @ P.numpy() @ H.T + R.numpy()
    gain = P.numpy() @ H.T @ np.linalg.inv(S)
    residual = y.numpy() - np.array([5.0, math.atan2(4, 3)])
    assert_close(seen.mean, mean.numpy() + gain @ residual)
    assert_close(seen.covariance, (np.eye(2) - gain @ H) @ P.numpy(), rtol=1e-7)


def test_curvature_moves_the_mean():
    """The square of N(0.5, 1) has mean 1.25 and variance 3: points meet both, a tangent none."""
    state = GaussianState(torch.tensor([0.5], dtype=F64), ONE)
    none = 0 * ONE
    points = UnscentedKalmanFilter(torch.square, torch.square, none, ONE, kappa=2.0)
    tangent = ExtendedKalmanFilter(torch.square, torch.square, none, ONE)
    moved = points.predict(state)
    assert_close(moved.mean, torch.tensor([1.25], dtype=F64))
    assert_close(moved.covariance, 3 * ONE)
    assert_close(tangent.predict(state).mean, torch.tensor([0.25], dtype=F64))
    assert_close(points.measurement(state).covariance, 4 * ONE)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="latent_dim"):
        AmortizedEncoder(nn.Linear(1, 2), 0)
    with pytest.raises(ValueError, match="must give"):
        AmortizedEncoder(nn.Linear(1, 3), 1)(torch.zeros(2, 1))
    encoder = AmortizedEncoder(nn.Linear(1, 2), 1)
    x = X.float()
    for samples in (2, 5):
        with pytest.raises(ValueError, match="even number of samples above 2"):
            amortization_gap(shifted, encoder, x, samples=samples)
    with pytest.raises(ValueError, match="steps >= 1"):
        amortization_gap(shifted, encoder, x, steps=0)
    with pytest.raises(ValueError, match="log_joint must give"):
        amortization_gap(lambda x, z: z, encoder, x)
    with pytest.raises(ValueError, match="need units"):
        HelmholtzMachine(3, 0)
    with pytest.raises(ValueError, match="too many to enumerate"):
        HelmholtzMachine(3, 17).log_prob(torch.zeros(1, 3))
    machine = HelmholtzMachine(3, 2)
    for data in (torch.zeros(4, 2), torch.full((4, 3), 0.5)):
        with pytest.raises(ValueError, match="of 0 and 1"):
            wake_sleep(machine, data)
    with pytest.raises(ValueError, match="epochs and batch_size"):
        wake_sleep(machine, torch.zeros(4, 3), epochs=0)
    for kind in (ExtendedKalmanFilter, UnscentedKalmanFilter):
        with pytest.raises(ValueError, match=r"Q \(d, d\)"):
            kind(torch.square, torch.square, torch.zeros(2, 1), ONE)
        with pytest.raises(ValueError, match=r"measurements \(t, 1\)"):
            kind(torch.square, torch.square, ONE, ONE).filter(torch.zeros(3, 2), ONE[0], ONE)
    with pytest.raises(ValueError, match="kappa must lie above"):
        UnscentedKalmanFilter(torch.square, torch.square, ONE, ONE, kappa=-1.0)
