"""The grid detector: targets and detections are each other's inverse; its loss term by term."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import models
from dlcore.data import shape_scenes
from tests.parity import assert_close


def logit(p):
    return torch.logit(p.clamp(1e-6, 1 - 1e-6))


def outputs_that_say(targets):
    """Logits whose probabilities are the targets, sure of object and class."""
    z = logit(targets)
    z[:, 5:] = 30 * targets[:, 5:]
    z[:, 0] = 30 * (2 * targets[:, 0] - 1)
    return z


@pytest.mark.reference("the drawn objects themselves", of="dlcore.models.grid_targets")
@pytest.mark.reference("the drawn objects themselves", of="dlcore.models.Detections")
def test_targets_and_detections_are_each_others_inverse(monkeypatch):
    scenes = shape_scenes(20, most=3)
    targets = models.grid_targets(scenes.boxes, scenes.labels, 3, image_size=48, cells=12)
    assert [int(n) for n in targets[:, 0].sum((1, 2))] == [len(b) for b in scenes.boxes]
    model = models.GridDetector(3, cells=12)
    monkeypatch.setattr(model, "forward", lambda _: outputs_that_say(targets))
    for found, boxes, labels in zip(
        model.detect(scenes.images), scenes.boxes, scenes.labels, strict=True
    ):
        assert isinstance(found, models.Detections)
        order = found.boxes[:, 0].argsort(), boxes[:, 0].argsort()
        assert_close(found.boxes[order[0]], boxes[order[1]], rtol=1e-3, atol=1e-2)
        assert torch.equal(found.labels[order[0]], labels[order[1]])
        assert (found.scores > 0.99).all()


def test_of_two_objects_in_a_cell_the_first_counts():
    boxes = torch.tensor([[2.0, 2.0, 6.0, 6.0], [1.0, 1.0, 5.0, 5.0]])
    targets = models.grid_targets([boxes], [torch.tensor([1, 0])], 2, image_size=16, cells=2)
    assert targets[0, :, 0, 0].tolist() == [1, 0.5, 0.5, 0.25, 0.25, 0, 1]
    assert targets[0, :, 1].sum() == targets[0, :, :, 1].sum() == 0


@pytest.mark.reference("torch.nn.functional, term by term", of="dlcore.models.grid_loss")
def test_the_loss_term_by_term(generator):
    scenes = shape_scenes(5)
    targets = models.grid_targets(scenes.boxes, scenes.labels, 3, image_size=48, cells=6).double()
    outputs = torch.randn(targets.shape, generator=generator, dtype=torch.float64)
    expected = 0.0
    for z, y in zip(outputs.permute(0, 2, 3, 1), targets.permute(0, 2, 3, 1), strict=True):
        for i in range(6):
            for j in range(6):
                exists = F.binary_cross_entropy_with_logits(z[i, j, 0], y[i, j, 0])
                expected += exists * (1 if y[i, j, 0] else 0.5)
                if y[i, j, 0]:
                    p = torch.sigmoid(z[i, j, 1:5])
                    place = ((p[:2] - y[i, j, 1:3]) ** 2).sum()
                    size = ((p[2:].sqrt() - y[i, j, 3:5].sqrt()) ** 2).sum()
                    expected += 5 * (place + size)
                    expected += F.cross_entropy(z[i, j, 5:], y[i, j, 5:].argmax())
    assert_close(models.grid_loss(outputs, targets), expected / 5)
    assert models.grid_loss(outputs_that_say(targets), targets) < 1e-3


def test_background_alone_costs_half_a_log_two_a_cell():
    targets = models.grid_targets(
        [torch.zeros(0, 4)], [torch.zeros(0).long()], 3, image_size=48, cells=6
    )
    loss = models.grid_loss(torch.zeros_like(targets), targets)
    assert_close(loss, 36 * 0.5 * math.log(2), rtol=1e-6)


def test_boxes_over_the_border_are_cut_and_doubles_suppressed(monkeypatch):
    model = models.GridDetector(2, image_size=16, cells=2)
    targets = torch.zeros(1, 7, 2, 2)
    targets[0, :, 0, 0] = torch.tensor([1, 0.999, 0.999, 0.9, 0.9, 1, 0])
    targets[0, :, 1, 1] = torch.tensor([1, 0.001, 0.001, 0.9, 0.9, 1, 0])
    monkeypatch.setattr(model, "forward", lambda _: outputs_that_say(targets))
    (found,) = model.detect(torch.zeros(1, 3, 16, 16))
    assert len(found.boxes) == 1
    assert ((found.boxes >= 0) & (found.boxes <= 16)).all()
    (both,) = model.detect(torch.zeros(1, 3, 16, 16), iou_threshold=1.0)
    assert len(both.boxes) == 2


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.GridDetector(3, image_size=50), "cells times 2, 4, 8, ..., got 50 and 6"),
        (lambda: models.GridDetector(3, image_size=6), "got 6 and 6"),
        (lambda: models.GridDetector(0), "num_classes must be positive"),
        (
            lambda: models.GridDetector(3)(torch.zeros(1, 3, 32, 32)),
            "48 x 48 pixels, got 32 x 32",
        ),
        (
            lambda: models.GridDetector(3).detect(torch.zeros(1, 3, 48, 48), score_threshold=2),
            "score_threshold must lie between 0 and 1, got 2",
        ),
        (
            lambda: models.grid_targets([torch.zeros(1, 4)], [], 2, image_size=8, cells=2),
            "boxes of 1 images, labels of 0",
        ),
        (
            lambda: models.grid_targets(
                [torch.ones(1, 4)], [torch.tensor([2])], 2, image_size=8, cells=2
            ),
            "between 0 and 1, got 2",
        ),
        (
            lambda: models.grid_targets(
                [torch.full((1, 4), 9.0)], [torch.tensor([0])], 2, image_size=8, cells=2
            ),
            "lies outside the image",
        ),
        (
            lambda: models.grid_targets(
                [torch.ones(2, 4)], [torch.tensor([0])], 2, image_size=8, cells=2
            ),
            "2 boxes, labels of shape",
        ),
        (
            lambda: models.grid_loss(torch.zeros(1, 7, 2, 2), torch.zeros(1, 7, 3, 3)),
            r"\(1, 7, 2, 2\) and \(1, 7, 3, 3\)",
        ),
    ],
)
def test_bad_grids(call, message):
    with pytest.raises(ValueError, match=message):
        call()
