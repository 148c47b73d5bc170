"""Paths of two players, modes, spectra, transport and cycles against closed forms and SciPy."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import optimize, stats
from torch.nn.utils import parametrizations

from dlcore.generative import (
    GaussianRing,
    MinimaxPath,
    ModeCoverage,
    SpectralEstimate,
    TransportPlan,
    cycle_consistency_loss,
    gaussian_ring,
    mode_coverage,
    simulate_minimax,
    sinkhorn,
    spectral_norm_power,
    wasserstein_1d,
)
from tests.parity import assert_close


def play(method, eta=0.1, steps=100):
    one = torch.ones(1, dtype=torch.float64)
    return simulate_minimax(torch.dot, one, one, eta, steps, method=method)


@pytest.mark.reference("closed form", of="dlcore.generative.simulate_minimax")
def test_each_method_is_a_matrix():
    eta = 0.1
    G = np.array([[0, 1], [-1, 0]])
    matrices = {
        "simultaneous": np.eye(2) - eta * G,
        "alternating": np.array([[1, -eta], [eta, 1 - eta**2]]),
        "extragradient": np.eye(2) - eta * G @ (np.eye(2) - eta * G),
    }
    for method, M in matrices.items():
        path = play(method, eta, 7)
        expected = [np.linalg.matrix_power(M, t) @ [1, 1] for t in range(8)]
        assert_close(torch.cat([path.x, path.y], dim=1), torch.tensor(np.array(expected)))


@pytest.mark.reference("closed form", of="dlcore.generative.MinimaxPath")
def test_growth_of_the_norm():
    path = play("simultaneous")
    assert isinstance(path, MinimaxPath)
    t = torch.arange(101, dtype=torch.float64)
    assert_close(path.norms.square(), 2 * 1.01**t)
    assert play("alternating").norms.max() <= math.sqrt(2) + 1e-12
    factor = math.sqrt(1 - 0.1**2 + 0.1**4)
    assert_close(play("extragradient").norms, math.sqrt(2) * factor**t)


@pytest.mark.reference("closed form", of="dlcore.generative.GaussianRing")
@pytest.mark.reference("closed form", of="dlcore.generative.gaussian_ring")
def test_ring(generator):
    ring = gaussian_ring(4000, modes=5, radius=3.0, std=0.1, generator=generator)
    assert isinstance(ring, GaussianRing)
    roots = 3 * np.exp(2j * np.pi * np.arange(5) / 5)
    assert_close(ring.centers, np.stack([roots.real, roots.imag], 1), rtol=1e-6, atol=1e-6)
    offsets = ring.samples[:, None] - ring.centers
    distance, nearest = offsets.norm(dim=2).min(dim=1)
    # chi-squared with 4 degrees of freedom; 2n squared normals: both at a level of 1e-4
    assert stats.chisquare(torch.bincount(nearest).numpy()).pvalue > 1e-4
    squares = (distance / 0.1).square().sum().item()
    assert 1e-4 < stats.chi2.cdf(squares, 8000) < 1 - 1e-4


@pytest.mark.reference("closed form", of="dlcore.generative.ModeCoverage")
@pytest.mark.reference("closed form", of="dlcore.generative.mode_coverage")
def test_modes_of_constructed_samples():
    centers = gaussian_ring(1).centers
    samples = torch.cat([centers[[0, 0, 0, 3, 3, 5]], torch.zeros(2, 2)])
    found = mode_coverage(samples, centers, radius=0.2)
    assert isinstance(found, ModeCoverage)
    assert found.counts.tolist() == [3, 0, 0, 2, 0, 1, 0, 0]
    assert (found.modes, found.high_quality) == (3, 0.75)
    assert mode_coverage(samples, centers, radius=0.2, min_count=2).modes == 2
    everywhere = mode_coverage(samples, centers, radius=5.0)
    assert everywhere.counts.sum() == 8
    assert everywhere.high_quality == 1


@pytest.mark.reference("torch.linalg.matrix_norm", of="dlcore.generative.spectral_norm_power")
def test_spectral_norm(generator):
    W = torch.tensor([[3.0, 0.0], [4.0, 5.0]], dtype=torch.float64)
    found = spectral_norm_power(W, torch.ones(2).double(), iterations=3)
    assert_close(found.values, torch.tensor([6.627135, 6.707182, 6.708191]), rtol=1e-6)
    kernel = torch.randn(4, 3, 2, 2, generator=generator, dtype=torch.float64)
    found = spectral_norm_power(kernel, iterations=200, generator=generator)
    expected = torch.linalg.matrix_norm(kernel.flatten(1), ord=2)
    assert_close(found.values[-1], expected)
    assert (found.values.diff() > -1e-12).all()
    assert spectral_norm_power(torch.zeros(2, 2), torch.ones(2)).values.item() == 0


@pytest.mark.reference(
    "torch.nn.utils.parametrizations.spectral_norm", of="dlcore.generative.SpectralEstimate"
)
def test_one_step_of_torch(generator):
    layer = parametrizations.spectral_norm(torch.nn.Linear(5, 3)).eval().double()
    state = layer.parametrizations.weight
    W, u = state.original.detach().requires_grad_(), state[0]._u
    found = spectral_norm_power(W, u)
    assert isinstance(found, SpectralEstimate)
    layer.train()
    assert_close((W / found.values[0]).detach(), layer.weight.detach(), rtol=1e-6)
    assert_close(found.u, state[0]._u, rtol=1e-6, atol=1e-6)
    slope = torch.autograd.grad(found.values[0], W)[0]
    assert_close(slope, torch.outer(found.u, found.v))


@pytest.mark.reference("scipy.stats.wasserstein_distance", of="dlcore.generative.wasserstein_1d")
def test_transport_on_a_line(generator):
    for n, m in ((6, 6), (5, 7), (1, 4)):
        x = torch.randn(n, generator=generator, dtype=torch.float64).round(decimals=1)
        y = torch.randn(m, generator=generator, dtype=torch.float64).round(decimals=1)
        expected = stats.wasserstein_distance(x.numpy(), y.numpy())
        assert_close(wasserstein_1d(x, y), expected)
    x, y = torch.randn(2, 5, generator=generator, dtype=torch.float64)
    assert torch.autograd.gradcheck(wasserstein_1d, (x.requires_grad_(), y))
    assert wasserstein_1d(torch.zeros(3), torch.full((3,), -2.5)).item() == 2.5


@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.generative.sinkhorn")
@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.generative.TransportPlan")
def test_transport_anywhere(generator):
    C = torch.rand(3, 4, generator=generator, dtype=torch.float64)
    a = torch.tensor([0.5, 0.2, 0.3], dtype=torch.float64)
    b = torch.tensor([0.1, 0.4, 0.3, 0.2], dtype=torch.float64)
    rows = np.kron(np.eye(3), np.ones(4))
    columns = np.kron(np.ones(3), np.eye(4))
    least = optimize.linprog(
        C.flatten().numpy(), A_eq=np.vstack([rows, columns]), b_eq=torch.cat([a, b]).numpy()
    ).fun
    costs = []
    for epsilon in (0.5, 0.1, 0.02):
        found = sinkhorn(C, a, b, epsilon=epsilon, tolerance=1e-10)
        assert isinstance(found, TransportPlan)
        assert_close(found.plan.sum(1), a, atol=1e-9)
        assert_close(found.plan.sum(0), b, atol=1e-9)
        # stationary: log P + C / epsilon is a sum of a row's and a column's number
        S = found.plan.log() + C / epsilon
        assert_close(S - S[:1] - S[:, :1] + S[0, 0], torch.zeros(3, 4), atol=1e-9)
        costs.append(found.cost.item())
    assert costs[0] > costs[1] > costs[2] >= least - 1e-9
    assert costs[-1] == pytest.approx(least, rel=0.05)


@pytest.mark.reference("enumeration", of="dlcore.generative.sinkhorn")
def test_assignment_of_points(generator):
    x, y = torch.randn(2, 4, 2, generator=generator, dtype=torch.float64)
    C = torch.cdist(x, y)
    best = min(sum(C[i, p[i]] for i in range(4)) / 4 for p in itertools.permutations(range(4)))
    assert sinkhorn(C, epsilon=0.02).cost.item() == pytest.approx(best.item(), rel=0.02)


@pytest.mark.reference("torch.nn.functional.l1_loss", of="dlcore.generative.cycle_consistency_loss")
def test_cycles(generator):
    A = torch.randn(2, 2, generator=generator, dtype=torch.float64)
    x, y = torch.randn(2, 5, 2, generator=generator, dtype=torch.float64)
    y = y[:3]
    inverse = cycle_consistency_loss(lambda x: x @ A + 1, lambda y: (y - 1) @ A.inverse(), x, y)
    assert inverse.item() == pytest.approx(0, abs=1e-12)

    def shift(x):
        return x + 1

    expected = torch.nn.functional.l1_loss(2 * x + 2, x) + torch.nn.functional.l1_loss(2 * y + 1, y)
    assert_close(cycle_consistency_loss(shift, lambda y: 2 * y, x, y), expected)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: play("newton"), "needs a method"),
        (lambda: play("alternating", eta=-1.0), "eta > 0"),
        (lambda: gaussian_ring(0), "n, modes >= 1"),
        (lambda: mode_coverage(torch.ones(2, 2), torch.ones(2, 3), 1.0), r"\(k, d\)"),
        (lambda: mode_coverage(torch.ones(2, 2), torch.ones(2, 2), 0.0), "radius > 0"),
        (lambda: spectral_norm_power(torch.ones(3)), r"shape \(m, ...\)"),
        (lambda: spectral_norm_power(torch.ones(3, 2), torch.ones(2)), r"shape \(3,\)"),
        (lambda: wasserstein_1d(torch.ones(0), torch.ones(2)), "needs points"),
        (lambda: sinkhorn(torch.ones(2, 2), epsilon=0.0), "epsilon > 0"),
        (lambda: sinkhorn(torch.ones(2, 2), torch.ones(2)), "sum 1"),
        (lambda: sinkhorn(torch.ones(2, 2), torch.ones(3) / 3), r"shape \(2,\)"),
        (lambda: cycle_consistency_loss(torch.sum, torch.exp, *torch.ones(2, 2, 2)), "keep the"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.bad_input
def test_too_few_passes(generator):
    C = torch.rand(5, 5, generator=generator)
    with pytest.raises(RuntimeError, match="still off"):
        sinkhorn(C, epsilon=1e-3, max_iterations=1)
