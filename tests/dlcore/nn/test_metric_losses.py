"""Metric learning, distillation and pixel shuffle against torch and limits."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.reference("torch.nn.functional.triplet_margin_loss", of="dlcore.nn.triplet_loss")
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_triplets_against_torch(generator, reduction):
    a, p, n = (draw(generator, 11, 5) for _ in range(3))

    def theirs(a, p, n, **kwargs):
        return F.triplet_margin_loss(a, p, n, margin=0.7, eps=0, **kwargs)

    def ours(a, p, n, **kwargs):
        return nn.triplet_loss(a, p, n, margin=0.7, **kwargs)

    assert_parity(ours, theirs, a, p, n, reduction=reduction, rtol=1e-6)


def test_equal_vectors_have_a_gradient_of_zero():
    a = torch.zeros(2, 3, requires_grad=True)
    nn.triplet_loss(a, torch.zeros(2, 3), torch.full((2, 3), 0.1)).backward()
    assert a.grad.isfinite().all()


# s d^2 + (1 - s) max(0, m - d)^2 with torch's distance
@pytest.mark.reference("the formula", of="dlcore.nn.pairwise_contrastive_loss")
def test_pairs(generator):
    x1, x2 = draw(generator, 9, 4), draw(generator, 9, 4)
    same = torch.arange(9) % 2 == 0
    d = F.pairwise_distance(x1, x2, eps=0)
    expected = same * d**2 + ~same * F.relu(2.5 - d) ** 2
    losses = nn.pairwise_contrastive_loss(x1, x2, same, 2.5, "none")
    assert_close(losses, expected)
    assert_close(nn.pairwise_contrastive_loss(x1, x2, same, 2.5), expected.mean())
    assert losses[~same].any()
    x = draw(generator, 3, 4).requires_grad_()
    flags = torch.tensor([True, False, False])
    other = draw(generator, 3, 4)
    assert torch.autograd.gradcheck(
        lambda x: nn.pairwise_contrastive_loss(x, other, flags, 9.0), (x,)
    )


@pytest.mark.reference("angles by acos", of="dlcore.nn.ArcFaceHead")
def test_arcface_against_angles(generator):
    head = nn.ArcFaceHead(4, 5, scale=7.0, margin=0.4).double()
    head.weight.data = draw(generator, 5, 4)
    x, labels = draw(generator, 40, 4), torch.randint(5, (40,), generator=generator)
    x[0] = 0.1 * x[0] - head.weight.detach()[labels[0]]
    cosine = F.cosine_similarity(x[:, None], head.weight[None], dim=2)
    assert_close(head(x), 7 * cosine)
    angle = cosine.acos()
    pushed = (angle + 0.4).cos()
    wrapped = angle + 0.4 > math.pi
    pushed[wrapped] = (cosine - 0.4 * math.sin(0.4))[wrapped]
    own = F.one_hot(labels, 5).bool()
    assert wrapped[own].any()
    assert_close(head(x, labels), 7 * torch.where(own, pushed, cosine))
    assert (head(x, labels)[own] < head(x)[own]).all()


def test_arcface_without_margin_is_a_normalized_softmax(generator):
    head = nn.ArcFaceHead(4, 5, scale=3.0, margin=0.0).double()
    head.weight.data = draw(generator, 5, 4)
    x, labels = draw(generator, 7, 4), torch.arange(7) % 5
    expected = F.normalize(x) @ F.normalize(head.weight).T * 3
    assert_close(F.cross_entropy(head(x, labels), labels), F.cross_entropy(expected, labels))
    (head(x[:1] * 0 + head.weight[:1], torch.tensor([0]))).sum().backward()
    assert head.weight.grad.isfinite().all()


@pytest.mark.reference("torch.nn.functional.kl_div", of="dlcore.nn.distillation_loss")
def test_distillation_against_torch(generator):
    student, teacher = draw(generator, 6, 3, 5), draw(generator, 6, 3, 5)

    def theirs(student, teacher):
        p, q = (x.reshape(-1, 5) / 3 for x in (teacher.detach(), student))
        divergence = F.kl_div(q.log_softmax(1), p.log_softmax(1), reduction="sum", log_target=True)
        return 9 * divergence / len(p)

    def ours(student, teacher):
        return nn.distillation_loss(student, teacher, 3.0)

    assert_parity(ours, theirs, student, teacher, rtol=1e-6)


def test_hot_distillation_compares_centred_logits(generator):
    student, teacher = draw(generator, 8, 6), draw(generator, 8, 6)
    s, t = (x - x.mean(1, keepdim=True) for x in (student, teacher))
    limit = (s - t).square().mean() / 2
    loss = nn.distillation_loss(student, teacher, temperature=1e4)
    assert_close(loss, limit, rtol=1e-3)


@pytest.mark.reference("torch.nn.functional.pixel_shuffle", of="dlcore.nn.pixel_shuffle")
@pytest.mark.reference("torch.nn.functional.pixel_unshuffle", of="dlcore.nn.pixel_unshuffle")
@pytest.mark.parametrize("r", [1, 2, 3])
def test_pixel_shuffle_against_torch(generator, r):
    x = draw(generator, 2, 5 * r * r, 3, 4)
    assert_parity(nn.pixel_shuffle, F.pixel_shuffle, x, upscale_factor=r)
    y = draw(generator, 2, 5, 3 * r, 4 * r)
    assert_parity(nn.pixel_unshuffle, F.pixel_unshuffle, y, downscale_factor=r)
    assert torch.equal(nn.pixel_shuffle(x[0], r), F.pixel_shuffle(x[0], r))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.triplet_loss(*[torch.ones(2)] * 3), r"\(n, d\), got \(2,\)"),
        (lambda: nn.triplet_loss(*[torch.ones(2, 3)] * 3, margin=0), "positive, got 0"),
        (lambda: nn.triplet_loss(*[torch.ones(2, 3)] * 3, reduction="max"), "got 'max'"),
        (
            lambda: nn.pairwise_contrastive_loss(*[torch.ones(2, 3)] * 2, torch.ones(3) > 0),
            r"and \(3,\)",
        ),
        (lambda: nn.ArcFaceHead(0, 3), "must be positive, got 0"),
        (lambda: nn.ArcFaceHead(2, 3, margin=4.0), r"\[0, pi\), got 4.0"),
        (lambda: nn.ArcFaceHead(2, 3)(torch.ones(1, 3)), r"\(n, 2\), got \(1, 3\)"),
        (lambda: nn.ArcFaceHead(2, 3)(torch.ones(1, 2), torch.tensor([3])), r"0\.\.2"),
        (lambda: nn.ArcFaceHead(2, 3)(torch.ones(1, 2), torch.tensor([1, 1])), "1 labels"),
        (lambda: nn.distillation_loss(torch.ones(2, 3), torch.ones(2, 4)), r"\(2, 4\)"),
        (lambda: nn.distillation_loss(torch.ones(2, 3), torch.ones(2, 3), 0), "got 0"),
        (lambda: nn.pixel_shuffle(torch.ones(6, 2, 2), 2), r"\(6, 2, 2\) and r = 2"),
        (lambda: nn.pixel_unshuffle(torch.ones(1, 3, 2), 2), r"\(1, 3, 2\) and r = 2"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
