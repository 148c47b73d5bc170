"""Prediction and decorrelation losses against hand formulas and torch's own functions."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlcore.representation import barlow_twins_loss, byol_loss, simsiam_loss, vicreg_loss
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, dtype=torch.float64, generator=generator)


@pytest.mark.reference("torch.nn.functional.mse_loss", of="dlcore.representation.byol_loss")
def test_byol_is_the_squared_distance_of_directions(generator):
    p, t = draw(generator, 5, 3), draw(generator, 5, 3)
    assert_parity(
        lambda p: byol_loss(p, t.to(p)),
        lambda p: 3 * F.mse_loss(F.normalize(p), F.normalize(t.to(p))),
        p,
    )
    t.requires_grad_()
    assert not byol_loss(p, t).requires_grad
    assert_close(byol_loss(p, 7 * p), 0.0)
    assert_close(byol_loss(torch.ones(4, 3), torch.ones(4, 3)), 0.0, atol=1e-6)


@pytest.mark.reference(
    "torch.nn.functional.cosine_similarity", of="dlcore.representation.simsiam_loss"
)
def test_simsiam_is_minus_the_cosine_of_both_orders(generator):
    p1, p2, z1, z2 = draw(generator, 4, 5, 3)

    def hand(p1, p2, z1, z2):
        return -(F.cosine_similarity(p1, z2) + F.cosine_similarity(p2, z1)).mean() / 2

    assert_parity(lambda *v: simsiam_loss(*v, stop_gradient=False), hand, p1, p2, z1, z2)
    assert_parity(
        lambda p1, p2: simsiam_loss(p1, p2, z1.to(p1), z2.to(p1)),
        lambda p1, p2: hand(p1, p2, z1.to(p1), z2.to(p1)),
        p1,
        p2,
    )
    z1.requires_grad_()
    assert not simsiam_loss(p1, p2, z1, z2).requires_grad


@pytest.mark.reference(
    "torch.nn.functional.batch_norm", of="dlcore.representation.barlow_twins_loss"
)
def test_barlow_twins_by_batch_normalization(generator):
    z1, z2 = draw(generator, 11, 3), draw(generator, 11, 3)

    def hand(z1, z2):
        u1, u2 = (F.batch_norm(z, None, None, training=True) for z in (z1, z2))
        C = torch.einsum("ni,nj->ij", u1, u2) / 11
        eye = torch.eye(3).to(C)
        return ((C - eye).square() * (eye + 0.1 * (1 - eye))).sum()

    assert_parity(lambda a, b: barlow_twins_loss(a, b, 0.1), hand, z1, z2)
    white = torch.linalg.qr(z1 - z1.mean(0)).Q
    assert_close(barlow_twins_loss(white, 2 * white + 1, eps=0.0), 0.0)
    # one feature twice: off the diagonal two correlations of 1
    twice = torch.stack([z1[:, 0], z1[:, 0]], dim=1)
    assert_close(barlow_twins_loss(twice, twice, eps=0.0), 0.01)


@pytest.mark.reference("numpy.cov", of="dlcore.representation.vicreg_loss")
def test_vicreg_by_its_parts(generator):
    z1, z2 = 0.3 * draw(generator, 7, 3), 0.3 * draw(generator, 7, 3)
    parts = [0.0, 0.0, ((z1 - z2) ** 2).sum().item() / 7]
    for z in (z1, z2):
        C = np.cov(z.numpy().T)
        parts[0] += np.maximum(0, 1 - np.sqrt(np.diag(C) + 1e-4)).sum() / 3
        parts[1] += (np.sum(C**2) - np.sum(np.diag(C) ** 2)) / 3
    zero = {"invariance": 0.0, "variance": 0.0, "covariance": 0.0}
    assert_close(vicreg_loss(z1, z2, **zero | {"variance": 2.0}), 2 * parts[0])
    assert_close(vicreg_loss(z1, z2, **zero | {"covariance": 3.0}), 3 * parts[1])
    assert_close(vicreg_loss(z1, z2, **zero | {"invariance": 5.0}), 5 * parts[2])
    assert_close(vicreg_loss(z1, z2), 25 * parts[2] + 25 * parts[0] + parts[1])
    assert torch.autograd.gradcheck(vicreg_loss, (z1.requires_grad_(), z2.requires_grad_()))
    white = torch.linalg.qr(z1.detach() - z1.detach().mean(0)).Q * 6**0.5
    assert_close(vicreg_loss(white, white), 0.0)
    assert vicreg_loss(0 * white, 0 * white) > 49
    assert vicreg_loss(white[:, :1], white[:, :1]).isfinite()


@pytest.mark.bad_input
def test_batches_that_do_not_fit():
    z = torch.ones(3, 2)
    for call, message in (
        (lambda: byol_loss(z, z[:2]), "byol_loss needs"),
        (lambda: byol_loss(z[:0], z[:0]), "at least 1"),
        (lambda: simsiam_loss(z, z, z, z[:2]), "simsiam_loss needs"),
        (lambda: barlow_twins_loss(z[:1], z[:1]), "at least 2"),
        (lambda: barlow_twins_loss(z, z, -1.0), "weight must be at least 0"),
        (lambda: vicreg_loss(z[:1], z[:1]), "at least 2"),
        (lambda: vicreg_loss(z, z, covariance=-1.0), "weights must be at least 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
