"""Losses over the cosines of a batch, against loops, cross-entropies of torch, and closed forms."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore.representation import clip_loss, contrastive_weights, nt_xent_loss, supcon_loss
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, dtype=torch.float64, generator=generator)


def by_cross_entropy(z1, z2, temperature=0.5):
    """Each row without its own entry, so that the partner's place has to be counted out."""
    z, n = torch.cat([z1, z2]), len(z1)
    losses = []
    for i in range(2 * n):
        others = [k for k in range(2 * n) if k != i]
        cosines = torch.stack([F.cosine_similarity(z[i], z[k], dim=0) for k in others])
        place = torch.tensor(others.index((i + n) % (2 * n)))
        losses.append(F.cross_entropy(cosines / temperature, place))
    return torch.stack(losses).mean()


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.representation.nt_xent_loss")
def test_nt_xent_is_the_cross_entropy_over_all_other_views(generator):
    z1, z2 = draw(generator, 5, 3), draw(generator, 5, 3)
    for tau in (0.1, 0.5, 2.0):
        assert_parity(nt_xent_loss, by_cross_entropy, z1, z2, temperature=tau)


@pytest.mark.reference("worked by hand", of="dlcore.representation.nt_xent_loss")
def test_nt_xent_by_hand():
    z1 = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    z2 = torch.tensor([[0.8, 0.6], [-0.6, 0.8]], dtype=torch.float64)
    # views 0 and 3 face cosines .8 (partner), 0, -.6; views 1 and 2 face .8, .6, 0
    near = math.log(1 + math.exp(-1.6) + math.exp(-2.8))
    far = math.log(1 + math.exp(-0.4) + math.exp(-1.6))
    assert_close(nt_xent_loss(z1, z2), (near + far) / 2)
    assert_close(nt_xent_loss(z1, z2), 0.430190, rtol=1e-5)
    assert_close(nt_xent_loss(z1, z2, 0.1), 0.063780, rtol=1e-4)
    apart = torch.eye(2).double()
    assert_close(nt_xent_loss(apart, 5 * apart), math.log(1 + 2 * math.exp(-2)))
    for n in (2, 4, 256):
        assert_close(
            nt_xent_loss(torch.ones(n, 3), torch.ones(n, 3)), math.log(2 * n - 1), rtol=1e-5
        )


@pytest.mark.reference("the regular simplex", of="dlcore.representation.nt_xent_loss")
def test_nt_xent_is_smallest_on_the_simplex_and_not_zero(generator):
    n, tau = 4, 0.5
    z = torch.eye(n).double() - 1 / n
    least = math.log1p((2 * n - 2) * math.exp(-n / ((n - 1) * tau)))
    assert_close(nt_xent_loss(z, z), least)
    assert least == pytest.approx(0.348472, abs=1e-6)
    moved = z.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(nt_xent_loss(moved, moved), moved)
    assert gradient.abs().max() < 1e-12
    for _ in range(20):
        a = z + 0.1 * draw(generator, n, n)
        assert nt_xent_loss(a, z + 0.1 * draw(generator, n, n)) > least


def test_a_small_temperature_does_not_overflow():
    z = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    loss = nt_xent_loss(z, -z, 1e-3)
    assert loss.item() == pytest.approx(1000 + math.log(2), rel=1e-4)


@pytest.mark.reference("torch.softmax", of="dlcore.representation.contrastive_weights")
def test_weights_are_the_softmax_and_the_slope_of_the_loss(generator):
    z1, z2 = draw(generator, 3, 4), draw(generator, 3, 4)
    z = F.normalize(torch.cat([z1, z2]))
    weights = contrastive_weights(z1, z2, 0.2)
    for i in range(6):
        others = [k for k in range(6) if k != i]
        assert_close(weights[i, others], torch.softmax(z[others] @ z[i] / 0.2, dim=0))
    assert not weights.diagonal().any()
    # the slope of the loss by a view's vector is the weighted sum of the others less the partner
    a = z.clone().requires_grad_()
    logits = (a[0] @ z[1:].T) / 0.2
    (slope,) = torch.autograd.grad(F.cross_entropy(logits, torch.tensor(2)), a)
    assert_close(slope[0], (weights[0] @ z - z[3]) / 0.2)


@pytest.mark.reference("loops over the pairs", of="dlcore.representation.supcon_loss")
def test_supervised_contrast_by_loops(generator):
    z, labels = draw(generator, 7, 3), torch.tensor([0, 1, 0, 2, 1, 0, 5])

    def loops(z):
        losses = []
        for i in range(7):
            own = [p for p in range(7) if p != i and labels[p] == labels[i]]
            others = torch.stack(
                [F.cosine_similarity(z[i], z[k], dim=0) / 0.1 for k in range(7) if k != i]
            )
            if own:
                near = torch.stack([F.cosine_similarity(z[i], z[p], dim=0) / 0.1 for p in own])
                losses.append((others.logsumexp(0) - near).mean())
        return torch.stack(losses).mean()

    assert_parity(lambda z: supcon_loss(z, labels), loops, z)


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.representation.supcon_loss")
def test_two_views_as_a_class_are_nt_xent(generator):
    z1, z2 = draw(generator, 5, 3), draw(generator, 5, 3)
    labels = torch.arange(5).repeat(2)
    assert_close(
        supcon_loss(torch.cat([z1, z2]), labels, 0.3), by_cross_entropy(z1, z2, temperature=0.3)
    )


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.representation.clip_loss")
def test_clip_is_cross_entropy_both_ways(generator):
    a, b = draw(generator, 5, 3), draw(generator, 5, 3)

    def both_ways(a, b, tau):
        cosines = F.cosine_similarity(a[:, None], b[None], dim=2) / tau
        own = torch.arange(5)
        return (F.cross_entropy(cosines, own) + F.cross_entropy(cosines.T, own)) / 2

    tau = torch.tensor(0.2, dtype=torch.float64)
    assert_parity(clip_loss, both_ways, a, b, tau)
    assert_close(clip_loss(a, b, 0.2), clip_loss(b, a, 0.2))
    assert_close(clip_loss(a, 3 * a, 1e-3), 0.0, atol=1e-9)


@pytest.mark.bad_input
def test_batches_that_do_not_fit():
    z = torch.ones(3, 2)
    for call, message in (
        (lambda: nt_xent_loss(z, z[:2]), r"one shape \(n, d\).*\(3, 2\) and \(2, 2\)"),
        (lambda: nt_xent_loss(z[:1], z[:1]), "at least 2"),
        (lambda: nt_xent_loss(z, z, 0.0), "temperature must be positive"),
        (lambda: contrastive_weights(z[0], z[0]), "contrastive_weights needs"),
        (lambda: supcon_loss(z, torch.arange(2)), "n labels"),
        (lambda: supcon_loss(z, torch.arange(3)), "no two examples"),
        (lambda: supcon_loss(z, torch.zeros(3), -1.0), "temperature"),
        (lambda: clip_loss(z, z.T), "clip_loss needs"),
        (lambda: clip_loss(z, z, torch.tensor(float("nan"))), "temperature"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
