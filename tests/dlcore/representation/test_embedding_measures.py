"""Measures of a set of vectors against brute force, torch, and closed forms."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.metrics import normalized_mutual_info_score, pairwise_distances
from sklearn.metrics.pairwise import linear_kernel
from torch import nn
from torch.nn import functional as F

from dlcore.representation import (
    alignment,
    effective_rank,
    hoyer_sparsity,
    invariance_score,
    l0_fraction,
    linear_cka,
    lipschitz_estimate,
    normalized_mutual_info,
    twonn_dimension,
    uniformity,
)
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, dtype=torch.float64, generator=generator)


@pytest.mark.reference("torch.nn.PairwiseDistance", of="dlcore.representation.alignment")
def test_alignment_is_the_mean_distance_of_partners(generator):
    z1, z2 = draw(generator, 5, 3), draw(generator, 5, 3)

    def distances(z1, z2, power):
        return nn.PairwiseDistance(eps=0)(F.normalize(z1), F.normalize(z2)).pow(power).mean()

    for power in (1.0, 2.0, 3.0):
        assert_parity(alignment, lambda a, b, p: distances(a, b, p), z1, z2, power)
    assert_close(alignment(z1, 4 * z1), 0.0)
    assert_close(alignment(z1, -z1, 3.0), 8.0)


@pytest.mark.reference("torch.pdist", of="dlcore.representation.uniformity")
def test_uniformity_is_over_all_pairs(generator):
    z = draw(generator, 7, 3)
    for t in (0.5, 2.0):
        assert_parity(
            lambda z, t=t: uniformity(z, t),
            lambda z, t=t: torch.pdist(F.normalize(z)).square().mul(-t).exp().mean().log(),
            z,
        )
    assert_close(uniformity(torch.ones(5, 3)), 0.0, atol=1e-6)
    cross = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    assert_close(uniformity(cross), math.log((4 * math.exp(-4) + 2 * math.exp(-8)) / 6), rtol=1e-6)


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.representation.effective_rank")
def test_effective_rank_is_the_exponential_of_an_entropy(generator):
    Z = draw(generator, 9, 4) + 5
    for center in (True, False):
        sigma = np.linalg.svd((Z - center * Z.mean(0)).numpy(), compute_uv=False)
        assert_close(effective_rank(Z, center=center), math.exp(stats.entropy(sigma)))
    assert_close(effective_rank(torch.eye(6).double(), center=False), 6.0)
    line = torch.linspace(0, 1, 9)[:, None] * torch.tensor([1.0, 2.0, 3.0])
    assert_close(effective_rank(line + 100), 1.0, rtol=1e-3)
    assert effective_rank(torch.full((50, 8), 0.1)) == 0  # rounding of the mean is no direction


@pytest.mark.reference(
    "sklearn.metrics.pairwise.linear_kernel", of="dlcore.representation.linear_cka"
)
def test_cka_by_centred_kernels(generator):
    A, B = draw(generator, 9, 4), draw(generator, 9, 3)

    def by_kernels(A, B):
        H = np.eye(9) - 1 / 9
        K, L = (H @ linear_kernel(Z) @ H for Z in (A.numpy(), B.numpy()))
        return (K * L).sum() / math.sqrt((K * K).sum() * (L * L).sum())

    assert_close(linear_cka(A, B), by_kernels(A, B))
    Q = torch.linalg.qr(draw(generator, 4, 4)).Q
    assert_close(linear_cka(A, 1e-8 * A @ Q + 3), 1.0)
    stretched = A * torch.tensor([1.0, 1.0, 1.0, 50.0])
    assert linear_cka(A, stretched) < 0.8
    assert_close(linear_cka(A, stretched), by_kernels(A, stretched))
    assert linear_cka(1e25 * A.float(), A.float()).isfinite()


@pytest.mark.reference("closed forms", of="dlcore.representation.invariance_score")
def test_invariance_between_nothing_and_another_example(generator):
    z = draw(generator, 8, 3, 2)
    flat = z.flatten(1)
    spread = torch.pdist(flat).square().mean()
    moved = z + 0.1 * draw(generator, 8, 3, 2)
    way = (moved - z).flatten(1).square().sum(1).mean()
    assert_close(invariance_score(z, moved), 1 - way / spread)
    assert invariance_score(z, z) == 1
    assert invariance_score(torch.ones(4, 2), torch.ones(4, 2)) == 1
    assert_close(invariance_score(z, z + spread.sqrt() / 6**0.5), 0.0)


def test_convolution_moves_with_the_image_and_pooling_stays(generator):
    x = torch.zeros(6, 1, 12, 12)
    x[:, :, 4:8, 4:8] = torch.rand(6, 1, 4, 4, generator=generator)
    conv = nn.Conv2d(1, 2, 3, padding=1, bias=False)
    shifted = x.roll(2, dims=3)
    with torch.no_grad():
        before, after = conv(x), conv(shifted)
        pooled = [m.relu().amax((2, 3)) for m in (before, after)]
    assert invariance_score(before, after) < 0.5
    assert invariance_score(before.roll(2, dims=3), after) > 1 - 1e-6
    assert invariance_score(*pooled) > 1 - 1e-6


@pytest.mark.reference("torch.linalg.matrix_norm", of="dlcore.representation.lipschitz_estimate")
def test_the_local_constant_is_the_norm_of_the_jacobian(generator):
    A = draw(generator, 4, 6)
    x = draw(generator, 3, 2, 3)
    found = lipschitz_estimate(lambda v: v.flatten(1) @ A.T, x, iterations=200, generator=generator)
    assert_close(found, torch.linalg.matrix_norm(A, 2).expand(3), rtol=1e-6)
    net = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 4)).double()
    x = draw(generator, 3, 6)
    J = torch.stack([torch.autograd.functional.jacobian(net, row) for row in x])
    norms = torch.linalg.matrix_norm(J, 2)
    found = lipschitz_estimate(net, x, iterations=300, generator=generator)
    assert_close(found, norms, rtol=1e-4)
    assert (found <= norms * (1 + 1e-9)).all()
    assert not found.requires_grad
    assert_close(lipschitz_estimate(lambda v: 0 * v, x), torch.zeros(3))


@pytest.mark.reference("worked by hand", of="dlcore.representation.hoyer_sparsity")
@pytest.mark.reference("numpy.count_nonzero", of="dlcore.representation.l0_fraction")
def test_sparsity(generator):
    v = torch.tensor([[3.0, 0.0, 0.0, -4.0], [1.0, 1.0, -1.0, 1.0], [0.0, 0.0, 9.0, 0.0]])
    assert_close(hoyer_sparsity(v), torch.tensor([0.6, 0.0, 1.0]), rtol=1e-6, atol=1e-6)
    assert_close(hoyer_sparsity(1e30 * v), hoyer_sparsity(v), rtol=1e-6)
    w = draw(generator, 5, 7)
    assert_close(hoyer_sparsity(-3 * w), hoyer_sparsity(w))
    assert_close(l0_fraction(v), torch.from_numpy(np.count_nonzero(v.numpy(), axis=1) / 4).float())
    assert_close(l0_fraction(v, tolerance=3.0), torch.tensor([0.25, 0.0, 0.25]))


@pytest.mark.reference("dimensions of planes", of="dlcore.representation.twonn_dimension")
@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_dimension_of_a_plane(k, generator):
    n = 1500
    X = torch.rand(n, k, generator=generator, dtype=torch.float64) @ draw(generator, k, 20)
    # borders make it a little too small
    assert abs(twonn_dimension(X) - k) < 4 * k / n**0.5 + 0.06 * k * (k > 2)
    assert twonn_dimension(7 * X + 3) == pytest.approx(twonn_dimension(X), rel=1e-6)


@pytest.mark.reference(
    "sklearn.metrics.pairwise_distances", of="dlcore.representation.twonn_dimension"
)
def test_the_likeliest_dimension_of_all_ratios(generator):
    X = draw(generator, 40, 3)
    r = np.sort(pairwise_distances(X.numpy()), axis=1)
    assert twonn_dimension(X) == pytest.approx(40 / np.log(r[:, 2] / r[:, 1]).sum(), rel=1e-9)


@pytest.mark.reference(
    "sklearn.metrics.normalized_mutual_info_score",
    of="dlcore.representation.normalized_mutual_info",
)
def test_agreement_of_groups(generator):
    labels = torch.randint(-2, 4, (60,), generator=generator)
    for groups in (
        torch.randint(5, (60,), generator=generator),
        labels**2,
        -labels,
        torch.arange(60),
        torch.zeros(60, dtype=torch.long),
    ):
        expected = normalized_mutual_info_score(labels, groups)
        assert normalized_mutual_info(labels, groups) == pytest.approx(expected, abs=1e-12)
    same = torch.ones(4, dtype=torch.long)
    assert normalized_mutual_info(same, same) == normalized_mutual_info_score(same, same) == 1


@pytest.mark.bad_input
def test_what_does_not_fit():
    z = torch.ones(3, 2)
    for call, message in (
        (lambda: alignment(z, z[:2]), "alignment needs"),
        (lambda: alignment(z, z, 0.0), "alpha must be positive"),
        (lambda: uniformity(z[:1]), "at least 2"),
        (lambda: uniformity(z, -1.0), "t must be positive"),
        (lambda: effective_rank(z[0]), "effective_rank needs"),
        (lambda: linear_cka(z, z[:2]), "n at least 2"),
        (lambda: linear_cka(z, torch.eye(3)), "the same for all examples"),
        (lambda: invariance_score(z, z[:2]), "one shape"),
        (lambda: invariance_score(z, 2 * z), "do not differ"),
        (lambda: lipschitz_estimate(lambda v: v, z, iterations=0), "at least one iteration"),
        (lambda: lipschitz_estimate(lambda v: v[:1], z), "not row by row"),
        (lambda: hoyer_sparsity(torch.ones(1)), "at least 2 entries"),
        (lambda: hoyer_sparsity(torch.zeros(2, 3)), "vector of zeros"),
        (lambda: l0_fraction(z, -1.0), "tolerance"),
        (lambda: twonn_dimension(z[:2]), "at least 3"),
        (lambda: twonn_dimension(z), "3 examples have an equal one"),
        (lambda: twonn_dimension(torch.eye(4)), "equally far"),
        (lambda: normalized_mutual_info(torch.arange(3), torch.arange(2)), "one length"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
