"""Random fields on small grids: all labellings, one by one."""

import itertools

import pytest
import torch
from torch.nn import functional as F

from dlcore import graphical
from tests.parity import assert_close

H, W = 3, 3


def enumerated(unary, compatibility):
    """All labellings of one grid with their scores, by the definition."""
    k, h, w = unary.shape
    labels = torch.tensor(list(itertools.product(range(k), repeat=h * w))).reshape(-1, h, w)
    scores = torch.zeros(len(labels), dtype=unary.dtype)
    for i, j in itertools.product(range(h), range(w)):
        scores += unary[labels[:, i, j], i, j]
        for a, b in ((i + 1, j), (i, j + 1)):
            if a < h and b < w:
                scores += compatibility[labels[:, i, j], labels[:, a, b]]
    return labels, scores


@pytest.fixture
def field(generator):
    unary = torch.randn(2, 2, H, W, generator=generator, dtype=torch.float64)
    M = 0.5 * torch.randn(2, 2, generator=generator, dtype=torch.float64)
    return unary, M + M.T


@pytest.mark.reference("all labellings", of="dlcore.graphical.grid_score")
@pytest.mark.parametrize("shape", [(2, 3, 3), (3, 2, 3), (3, 1, 4)])
def test_score(generator, shape):
    unary = torch.randn(shape, generator=generator, dtype=torch.float64)
    M = torch.randn(shape[0], shape[0], generator=generator, dtype=torch.float64)
    labels, scores = enumerated(unary, M + M.T)
    got = graphical.grid_score(unary.expand(len(labels), *shape), labels, M + M.T)
    assert_close(got, scores, atol=1e-10)


@pytest.mark.reference("Ising model, written", of="dlcore.graphical.grid_score")
def test_ising_grid_has_the_known_partition_function():
    J = 0.5 * torch.tensor([[1.0, -1.0], [-1.0, 1.0]], dtype=torch.float64)
    unary = torch.zeros(2, 3, 3, dtype=torch.float64)
    labels = enumerated(unary, J)[0]
    scores = graphical.grid_score(unary.expand(512, -1, -1, -1), labels, J)
    assert scores.logsumexp(0).item() == pytest.approx(7.891525, abs=1e-6)


@pytest.mark.reference("log Z by enumeration", of="dlcore.graphical.grid_bound")
@pytest.mark.reference("marginals by enumeration", of="dlcore.graphical.grid_mean_field")
def test_the_bound_rises_towards_log_z(field):
    unary, M = field
    bounds = torch.stack(
        [
            graphical.grid_bound(graphical.grid_mean_field(unary, M, n).exp(), unary, M)
            for n in (0, 1, 2, 3, 60, 61)
        ]
    )
    assert (bounds.diff(dim=0) >= -1e-12).all()
    assert_close(bounds[-1], bounds[-2], rtol=1e-8)
    q = graphical.grid_mean_field(unary, M, 60).exp()
    for i in range(2):
        labels, scores = enumerated(unary[i], M)
        log_z = scores.logsumexp(0)
        # what is missing is KL(q || p), summed over all labellings
        log_each = torch.stack(
            [q[i, labels[:, a, b], a, b].log() for a in range(H) for b in range(W)]
        ).sum(0)
        gap = (log_each.exp() * (log_each - (scores - log_z))).sum()
        assert_close(log_z - bounds[-1, i], gap, rtol=1e-6)
        assert gap > 0


def test_no_coupling_and_weak_coupling(field):
    unary, M = field
    zero = torch.zeros_like(M)
    assert_close(graphical.grid_mean_field(unary, zero), unary.log_softmax(1))
    for i in range(2):
        labels, scores = enumerated(unary[i], zero)
        bound = graphical.grid_bound(unary.softmax(1), unary, zero)
        assert_close(bound[i], scores.logsumexp(0))
        labels, scores = enumerated(unary[i], 0.05 * M)
        p = scores.softmax(0)
        marginals = torch.stack([((labels == k) * p[:, None, None]).sum(0) for k in range(2)])
        q = graphical.grid_mean_field(unary, 0.05 * M, 20)[i].exp()
        alone = unary.softmax(1)[i]
        assert (q - marginals).abs().max() < 0.05 * (alone - marginals).abs().max()


@pytest.mark.reference("fixed point, pixel by pixel", of="dlcore.graphical.MeanFieldCRF")
def test_layer(generator):
    crf = graphical.MeanFieldCRF(3, iterations=80, strength=0.4).double()
    with torch.no_grad():
        crf.weight += 0.1 * torch.randn(3, 3, generator=generator)
    unary = torch.randn(1, 3, 4, 5, generator=generator, dtype=torch.float64)
    q, M = crf(unary)[0].exp().detach(), crf.compatibility.detach()
    assert torch.equal(M, M.T)
    for i, j in itertools.product(range(4), range(5)):
        around = [(i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)]
        said = sum(M @ q[:, a, b] for a, b in around if 0 <= a < 4 and 0 <= b < 5)
        assert_close(q[:, i, j], (unary[0, :, i, j] + said).softmax(0), atol=1e-8)


def test_gradients_flow_through_the_steps(field):
    unary, M = (x.clone().requires_grad_() for x in field)
    f = lambda u, m: graphical.grid_mean_field(u[:1], (m + m.T) / 2, 2)  # noqa: E731
    assert torch.autograd.gradcheck(f, (unary, M))
    crf = graphical.MeanFieldCRF(2).double()
    labels = torch.randint(2, (2, H, W), generator=torch.Generator().manual_seed(0))
    F.nll_loss(crf(unary), labels).backward()
    assert crf.weight.grad.any()
    assert torch.equal(crf.weight.grad, crf.weight.grad.T)


def test_noisy_shapes_become_whole(generator):
    y, x = torch.meshgrid(torch.arange(24), torch.arange(24), indexing="ij")
    labels = (((x - 11) ** 2 + (y - 13) ** 2 < 50) | ((x > 15) & (y < 9))).long()[None]
    noisy = labels + 0.8 * torch.randn(1, 24, 24, generator=generator)
    unary = torch.stack([-(noisy**2), -((noisy - 1) ** 2)], dim=1) / (2 * 0.8**2)

    def iou(said):
        return float(((said == 1) & (labels == 1)).sum() / ((said == 1) | (labels == 1)).sum())

    together = graphical.MeanFieldCRF(2, iterations=8, strength=1.0)(unary).argmax(1)
    assert iou(together) > iou(unary.argmax(1)) + 0.2


@pytest.mark.bad_input
def test_what_does_not_fit():
    unary, M = torch.zeros(1, 2, 3, 3), torch.eye(2)
    labels = torch.zeros(1, 3, 3, dtype=torch.long)
    for call, message in (
        (lambda: graphical.grid_score(unary, labels[:, :2], M), r"got .* \(1, 2, 3\)"),
        (lambda: graphical.grid_score(unary, labels + 2, M), r"0\.\.1"),
        (lambda: graphical.grid_mean_field(unary[0], M), r"\(b, k, h, w\)"),
        (lambda: graphical.grid_mean_field(unary, torch.eye(3)), r"and \(3, 3\)"),
        (lambda: graphical.grid_mean_field(unary, torch.ones(2, 2).triu()), "symmetric"),
        (lambda: graphical.grid_mean_field(unary, M, -1), "negative, got -1"),
        (lambda: graphical.grid_bound(unary[..., :2], unary, M), r"\(1, 2, 3, 2\)"),
        (lambda: graphical.MeanFieldCRF(0), "at least 1, got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
