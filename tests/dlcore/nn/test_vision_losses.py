"""Losses of detection and segmentation: against torch and scikit-learn, by hand, at the edges."""

import functools
import math

import pytest
import sklearn.metrics
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

REDUCTIONS = ["mean", "sum", "none"]


@pytest.mark.reference("torch.nn.functional.smooth_l1_loss", of="dlcore.nn.smooth_l1_loss")
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 3.0])
def test_smooth_l1(beta, reduction, generator):
    x = 2 * torch.randn(7, 5, generator=generator, dtype=torch.float64)
    y = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    assert_parity(nn.smooth_l1_loss, F.smooth_l1_loss, x, y, beta=beta, reduction=reduction)


def test_smooth_l1_by_hand():
    x = torch.tensor([0.5, 2.0, -1.0])
    assert nn.smooth_l1_loss(x, torch.zeros(3), reduction="none").tolist() == [0.125, 1.5, 0.5]


@pytest.fixture
def logits(generator):
    return 3 * torch.randn(11, 4, generator=generator, dtype=torch.float64)


@pytest.fixture
def labels(generator):
    return torch.randint(4, (11,), generator=generator)


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.nn.focal_loss")
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_focal_loss_without_focus_is_the_cross_entropy(reduction, logits, labels):
    ours = functools.partial(nn.focal_loss, gamma=0.0)
    assert_parity(ours, F.cross_entropy, logits, labels, reduction=reduction)


@pytest.mark.parametrize("gamma", [0.5, 2.0, 5.0])
def test_focal_loss_against_the_formula(gamma, logits, labels):
    p = torch.softmax(logits, 1)[torch.arange(11), labels]
    alpha = torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64)
    expected = -((1 - p) ** gamma) * p.log()
    assert_close(nn.focal_loss(logits, labels, gamma, reduction="none"), expected)
    weighted = nn.focal_loss(logits, labels, gamma, alpha, "none")
    assert_close(weighted, alpha[labels] * expected)
    z = logits.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: nn.focal_loss(z, labels, gamma), z)


def test_focal_loss_by_hand():
    z = torch.tensor([[0.9, 0.1]], dtype=torch.float64).log()
    loss = nn.focal_loss(z, torch.tensor([0])).item()
    assert loss == pytest.approx(0.001054, abs=5e-7)
    assert loss == pytest.approx(0.01 * -math.log(0.9))
    sure = torch.tensor([[800.0, 0.0]], requires_grad=True)
    (gradient,) = torch.autograd.grad(nn.focal_loss(sure, torch.tensor([0])), sure)
    assert not gradient.any()


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy_with_logits", of="dlcore.nn.sigmoid_focal_loss"
)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_sigmoid_focal_loss(reduction, logits, generator):
    y = torch.randint(2, logits.shape, generator=generator).double()
    ours = functools.partial(nn.sigmoid_focal_loss, gamma=0.0, alpha=None)
    assert_parity(ours, F.binary_cross_entropy_with_logits, logits, y, reduction=reduction)
    p = torch.sigmoid(logits)
    p_t, alpha_t = torch.where(y > 0, p, 1 - p), torch.where(y > 0, 0.25, 0.75)
    expected = -alpha_t * (1 - p_t) ** 2 * p_t.log()
    assert_close(nn.sigmoid_focal_loss(logits, y, reduction="none"), expected)
    z = logits[:3].clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: nn.sigmoid_focal_loss(z, y[:3]), z)


def two_classes(p):
    """The binary logits as softmax logits."""
    return torch.stack([torch.zeros_like(p), p], dim=1)


def test_both_focal_losses_agree_on_two_classes(generator):
    z = torch.randn(13, generator=generator, dtype=torch.float64)
    y = torch.randint(2, (13,), generator=generator)
    assert_close(nn.focal_loss(two_classes(z), y), nn.sigmoid_focal_loss(z, y.double(), alpha=None))


def random_boxes(n, generator):
    corners = 10 * torch.rand(n, 2, generator=generator, dtype=torch.float64)
    sizes = 1 + 8 * torch.rand(n, 2, generator=generator, dtype=torch.float64)
    return torch.cat([corners, corners + sizes], dim=1)


def raster(box, side=200, scale=10):
    """A box whose corners are multiples of 1 / scale, as pixels."""
    x1, y1, x2, y2 = (round(scale * v) for v in box.tolist())
    pixels = torch.zeros(side, side, dtype=torch.bool)
    pixels[y1:y2, x1:x2] = True
    return pixels


@pytest.mark.reference("count of pixels", of="dlcore.nn.iou_loss")
@pytest.mark.reference("count of pixels", of="dlcore.nn.giou_loss")
def test_overlap_losses_against_counted_pixels(generator):
    a = (10 * random_boxes(12, generator)).round() / 10
    b = (10 * random_boxes(12, generator)).round() / 10
    iou, giou = nn.iou_loss(a, b, "none"), nn.giou_loss(a, b, "none")
    for i, (p, q) in enumerate(zip(a, b, strict=True)):
        union = int((raster(p) | raster(q)).sum())
        overlap = int((raster(p) & raster(q)).sum()) / union
        hull = int(raster(torch.cat([torch.minimum(p, q)[:2], torch.maximum(p, q)[2:]])).sum())
        assert iou[i].item() == pytest.approx(1 - overlap, abs=1e-9)
        assert giou[i].item() == pytest.approx(1 - overlap + (hull - union) / hull, abs=1e-9)
    assert_close(nn.iou_loss(a, b), iou.mean())
    assert_close(nn.giou_loss(a, b, "sum"), giou.sum())


def test_only_the_generalized_loss_draws_boxes_that_do_not_meet():
    target = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    box = torch.tensor([[3.0, 0.0, 4.0, 1.0]], requires_grad=True)
    for loss, moves in ((nn.iou_loss, False), (nn.giou_loss, True)):
        (gradient,) = torch.autograd.grad(loss(box, target), box)
        assert bool(gradient.any()) == moves
    assert nn.iou_loss(target, target) == nn.giou_loss(target, target) == 0
    nothing = torch.zeros(1, 4, requires_grad=True)
    (gradient,) = torch.autograd.grad(nn.giou_loss(nothing, torch.zeros(1, 4)), nothing)
    assert gradient.isfinite().all()


def test_the_gradients_of_overlap_losses(generator):
    a, b = random_boxes(6, generator).requires_grad_(), random_boxes(6, generator)
    assert torch.autograd.gradcheck(lambda a: nn.iou_loss(a, b), a)
    assert torch.autograd.gradcheck(lambda a: nn.giou_loss(a, b), a)


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.nn.pixel_cross_entropy")
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ignored", [None, 2, 255])
def test_pixel_cross_entropy(ignored, weighted, reduction, generator):
    z = torch.randn(2, 4, 5, 3, generator=generator, dtype=torch.float64)
    y = torch.randint(4, (2, 5, 3), generator=generator)
    weight = torch.rand(4, generator=generator, dtype=torch.float64) if weighted else None
    if ignored == 255:
        y[0, :2] = 255
    theirs = {"weight": weight, "ignore_index": -100 if ignored is None else ignored}
    ours = {"weight": weight, "ignore_index": ignored}

    def for_dtype(f, options):
        def call(z):
            w = options["weight"]
            cast = options | {"weight": None if w is None else w.to(z)}
            return f(z, y, reduction=reduction, **cast)

        return call

    assert_parity(for_dtype(nn.pixel_cross_entropy, ours), for_dtype(F.cross_entropy, theirs), z)


@pytest.mark.reference("sklearn.metrics.f1_score", of="dlcore.nn.dice_loss")
@pytest.mark.reference("sklearn.metrics.jaccard_score", of="dlcore.nn.soft_iou_loss")
def test_overlaps_of_certain_masks_are_those_of_scikit_learn(generator):
    p = torch.randint(2, (3, 2, 6, 7), generator=generator).double()
    g = torch.randint(2, (3, 2, 6, 7), generator=generator).double()
    dice = nn.dice_loss(p, g, epsilon=0.0, reduction="none")
    iou = nn.soft_iou_loss(p, g, epsilon=0.0, reduction="none")
    assert dice.shape == iou.shape == (3, 2)
    for i in range(3):
        for k in range(2):
            pair = g[i, k].flatten(), p[i, k].flatten()
            assert 1 - dice[i, k].item() == pytest.approx(sklearn.metrics.f1_score(*pair))
            assert 1 - iou[i, k].item() == pytest.approx(sklearn.metrics.jaccard_score(*pair))
    assert_close(nn.dice_loss(p, g, epsilon=0.0), dice.mean())
    assert_close(nn.soft_iou_loss(p, g, 0.0, "sum"), iou.sum())


def test_overlaps_of_probabilities_against_the_formula(generator):
    p = torch.rand(2, 3, 4, 5, generator=generator, dtype=torch.float64)
    g = torch.randint(2, (2, 3, 4, 5), generator=generator).double()
    both, total = (p * g).sum((2, 3)), (p + g).sum((2, 3))
    expected = 1 - (2 * both + 0.1) / (total + 0.1)
    assert_close(nn.dice_loss(p, g, 0.1, "none"), expected)
    expected = 1 - (both + 0.1) / ((p + g - p * g).sum((2, 3)) + 0.1)
    assert_close(nn.soft_iou_loss(p, g, 0.1, "none"), expected)
    x = p.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: nn.dice_loss(x, g, 0.1), x)
    assert torch.autograd.gradcheck(lambda x: nn.soft_iou_loss(x, g, 0.1), x)


def test_a_class_that_is_nowhere_costs_nothing():
    nothing = torch.zeros(1, 1, 4, 4)
    assert nn.dice_loss(nothing, nothing) == nn.soft_iou_loss(nothing, nothing) == 0


B1, B2 = torch.tensor([[0.0, 0.0, 1.0, 1.0]]), torch.tensor([[1.0, 0.0, 0.0, 1.0]])


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.smooth_l1_loss(torch.zeros(3), torch.zeros(3, 1)), r"\(3,\) and \(3, 1\)"),
        (lambda: nn.smooth_l1_loss(torch.zeros(3), torch.zeros(3), -1.0), "beta must not be"),
        (lambda: nn.smooth_l1_loss(torch.zeros(3), torch.zeros(3), 1.0, "max"), "got 'max'"),
        (lambda: nn.focal_loss(torch.zeros(3), torch.zeros(3).long()), r"\(n, k\), got \(3,\)"),
        (lambda: nn.focal_loss(torch.zeros(1, 2), torch.tensor([2])), "between 0 and 1"),
        (lambda: nn.focal_loss(torch.zeros(1, 2), torch.tensor([0]), -1.0), "gamma must not be"),
        (
            lambda: nn.focal_loss(torch.zeros(1, 2), torch.tensor([0]), 2.0, torch.ones(3)),
            r"alpha needs 2 weights, got \(3,\)",
        ),
        (
            lambda: nn.sigmoid_focal_loss(torch.zeros(2), torch.zeros(2), 2.0, 1.5),
            "alpha must lie between 0 and 1, got 1.5",
        ),
        (lambda: nn.iou_loss(B1, torch.cat([B1, B1])), r"\(1, 4\) and \(2, 4\)"),
        (lambda: nn.giou_loss(B1, B2), "targets must be"),
        (lambda: nn.iou_loss(B1[0], B1[0]), r"\(n, 4\), got \(4,\)"),
        (
            lambda: nn.pixel_cross_entropy(torch.zeros(1, 2, 3, 3), torch.zeros(1, 3, 4).long()),
            r"got \(1, 2, 3, 3\) and \(1, 3, 4\)",
        ),
        (
            lambda: nn.pixel_cross_entropy(torch.zeros(1, 2, 1, 1), torch.full((1, 1, 1), 2)),
            "labels must lie between 0 and 1",
        ),
        (
            lambda: nn.pixel_cross_entropy(
                torch.zeros(1, 2, 1, 1), torch.full((1, 1, 1), 9), ignore_index=9
            ),
            "the mean over no pixels",
        ),
        (
            lambda: nn.pixel_cross_entropy(
                torch.zeros(1, 2, 1, 1), torch.zeros(1, 1, 1).long(), weight=torch.ones(3)
            ),
            "weight needs 2 numbers",
        ),
        (lambda: nn.dice_loss(torch.zeros(2, 3), torch.zeros(2, 3)), r"\(b, k, ...\), got"),
        (lambda: nn.dice_loss(2 * torch.ones(1, 1, 1), torch.ones(1, 1, 1)), "probabilities must"),
        (
            lambda: nn.soft_iou_loss(torch.ones(1, 1, 1), torch.ones(1, 1, 1), -1.0),
            "epsilon must not be negative",
        ),
    ],
)
def test_bad_losses(call, message):
    with pytest.raises(ValueError, match=message):
        call()
