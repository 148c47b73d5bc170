"""Two-stage detection: regions against sampled grids, losses and suppression against loops."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import models
from tests.parity import assert_close


def boxes_on(generator, n, side=20.0):
    corner = side * torch.rand(n, 2, generator=generator, dtype=torch.float64)
    size = 1 + side / 2 * torch.rand(n, 2, generator=generator, dtype=torch.float64)
    return torch.cat([corner, corner + size], dim=1)


@pytest.mark.reference("loops over boxes", of="dlcore.models.soft_nms")
def test_soft_suppression_against_loops(generator):
    boxes, scores = boxes_on(generator, 12, 8), torch.rand(12, generator=generator).double()
    kept, lowered = models.soft_nms(boxes, scores, sigma=0.3, score_threshold=0.05)
    left, expected = dict(enumerate(scores.tolist())), []
    while left:
        best = max(left, key=left.get)
        score = left.pop(best)
        if score >= 0.05:
            expected.append((best, score))
        for i in left:
            iou = models.box_iou(boxes[best : best + 1], boxes[i : i + 1]).item()
            left[i] *= math.exp(-(iou**2) / 0.3)
    assert kept.tolist() == [i for i, _ in expected]
    assert_close(lowered, torch.tensor([s for _, s in expected]).double(), rtol=1e-6)
    assert 2 < len(kept) < 12


def test_suppression_without_boxes_or_overlap():
    kept, lowered = models.soft_nms(torch.zeros(0, 4), torch.zeros(0))
    assert (kept.tolist(), lowered.tolist()) == ([], [])
    apart = torch.tensor([[0.0, 0, 1, 1], [5.0, 5, 6, 6]])
    kept, lowered = models.soft_nms(apart, torch.tensor([0.2, 0.7]))
    assert kept.tolist() == [1, 0]
    assert_close(lowered, torch.tensor([0.7, 0.2]))


@pytest.mark.reference("torch.nn.functional.grid_sample", of="dlcore.models.roi_align")
def test_regions_against_sampled_grids(generator):
    maps = torch.randn(2, 3, 9, 11, generator=generator, dtype=torch.float64)
    rois = torch.tensor([[0, 2.5, 3.0, 14.0, 11.3], [1, 6.0, 5.2, 18.4, 16.9], [0, 4, 4, 9, 9]])
    rois = rois.double()
    pooled = models.roi_align(maps, rois, (2, 3), spatial_scale=0.5, sampling_ratio=3)
    for roi, mine in zip(rois, pooled, strict=True):
        x1, y1, x2, y2 = (roi[1:] / 2).tolist()
        y = y1 + (torch.arange(6).double() + 0.5) / 6 * (y2 - y1)
        x = x1 + (torch.arange(9).double() + 0.5) / 9 * (x2 - x1)
        grid = torch.stack(torch.meshgrid(2 * x / 11 - 1, 2 * y / 9 - 1, indexing="xy"), dim=-1)
        image = maps[int(roi[0])][None]
        sampled = F.grid_sample(image, grid[None], align_corners=False, padding_mode="border")
        assert_close(mine, F.avg_pool2d(sampled[0], 3))


def test_a_linear_image_is_averaged_exactly():
    y, x = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")
    maps = (3 * x - 2 * y + 1)[None, None].double()
    rois = torch.tensor([[0.0, 1.3, 2.1, 6.3, 5.7]]).double()
    pooled = models.roi_align(maps, rois, 1)
    center_x, center_y = (1.3 + 6.3) / 2 - 0.5, (2.1 + 5.7) / 2 - 0.5
    assert pooled.item() == pytest.approx(3 * center_x - 2 * center_y + 1)
    assert torch.autograd.gradcheck(lambda m: models.roi_align(m, rois, 2), maps.requires_grad_())
    outside = models.roi_align(maps.detach(), torch.tensor([[0.0, 20, 20, 24, 24]]).double(), 2)
    assert not outside.any()


@pytest.mark.reference("anchor by anchor", of="dlcore.models.rpn_loss")
def test_loss_of_proposals_anchor_by_anchor(generator):
    anchors = models.make_anchors((4, 4), 8, [8, 14]).double()
    boxes = boxes_on(generator, 2)
    logits = torch.randn(len(anchors), generator=generator).double()
    offsets = torch.randn(len(anchors), 4, generator=generator).double()
    match = models.match_anchors(anchors, boxes, 0.5, 0.3)
    terms = {True: [], False: []}
    errors = []
    for i, k in enumerate(match.tolist()):
        if k >= -1:
            target = torch.tensor(float(k >= 0), dtype=torch.float64)
            bce = F.binary_cross_entropy_with_logits(logits[i], target)
            terms[k >= 0].append(bce.item())
        if k >= 0:
            t = models.encode_boxes(boxes[k : k + 1], anchors[i : i + 1])[0]
            errors.append(F.smooth_l1_loss(offsets[i], t, reduction="sum").item())
    assert (match == -2).any()
    assert errors
    expected = sum(sum(v) / len(v) for v in terms.values()) / 2 + sum(errors) / len(errors)
    loss = models.rpn_loss(logits, offsets, anchors, boxes, high=0.5, low=0.3)
    assert loss.item() == pytest.approx(expected)
    empty = models.rpn_loss(logits, offsets, anchors, boxes[:0])
    assert empty.item() == pytest.approx(F.softplus(logits).mean().item())


@pytest.mark.reference("anchors put into the output", of="dlcore.models.RegionProposalNetwork")
def test_proposals(generator):
    network = models.RegionProposalNetwork(3, 2)
    anchors = models.make_anchors((4, 5), 8, [8, 12], [1.0])
    features = torch.randn(1, 3, 4, 5, generator=generator)
    with torch.no_grad():
        for layer in (network.objectness, network.offsets):
            layer.weight.normal_(generator=generator)
        logits, offsets = network(features)
        hidden = network.hidden(features).relu()
        for row, column, a in [(0, 0, 0), (1, 3, 1), (3, 4, 0)]:
            i = (row * 5 + column) * 2 + a
            at = hidden[0, :, row, column]
            expected = network.objectness.weight[a, :, 0, 0] @ at + network.objectness.bias[a]
            assert_close(logits[0, i], expected, rtol=1e-4, atol=1e-5)
            weight = network.offsets.weight[4 * a : 4 * a + 4, :, 0, 0]
            expected = weight @ at + network.offsets.bias[4 * a : 4 * a + 4]
            assert_close(offsets[0, i], expected, rtol=1e-4, atol=1e-5)
        network.offsets.weight.zero_()
        network.offsets.bias.zero_()
        (proposals,) = network.propose(features, anchors, (32, 40), most=5)
    clipped = models.clip_boxes_to_image(anchors, (32, 40))
    best = clipped[models.nms(clipped, logits[0], 0.7)[:5]]
    assert_close(proposals, best, rtol=1e-5)


@pytest.mark.reference("torch.gather", of="dlcore.models.select_masks")
@pytest.mark.reference("shapes and independence", of="dlcore.models.MaskHead")
def test_masks_of_each_class(generator):
    head = models.MaskHead(4, 3, width=5)
    x = torch.randn(6, 4, 7, 8, generator=generator)
    logits = head(x)
    assert logits.shape == (6, 3, 14, 16)
    labels = torch.arange(6) % 3
    index = labels[:, None, None, None].expand(-1, 1, 14, 16)
    masks = models.select_masks(logits, labels)
    assert torch.equal(masks, logits.gather(1, index)[:, 0])
    masks[0].sum().backward()
    gradient = head.layers[-1].weight.grad.abs().sum(dim=(1, 2, 3))
    assert gradient[0] > 0
    assert not gradient[1:].any()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.soft_nms(torch.zeros(2, 4), torch.ones(3)), r"2 scores .* \(3,\)"),
        (lambda: models.soft_nms(torch.zeros(1, 4), torch.ones(1), sigma=0), "sigma"),
        (lambda: models.roi_align(torch.zeros(1, 2, 3, 3), torch.zeros(1, 4), 2), r"\(1, 4\)"),
        (lambda: models.roi_align(torch.zeros(1, 2, 3, 3), torch.ones(1, 5), 2), "batch of 1"),
        (lambda: models.roi_align(torch.zeros(1, 2, 3, 3), torch.zeros(1, 5), 0), "rows"),
        (lambda: models.RegionProposalNetwork(3, 0), "anchors_per_cell"),
        (
            lambda: models.RegionProposalNetwork(3, 1).propose(
                torch.zeros(1, 3, 2, 2), torch.zeros(3, 4), (9, 9)
            ),
            "the map has 4 anchors, got 3",
        ),
        (
            lambda: models.rpn_loss(
                torch.zeros(2), torch.zeros(3, 4), torch.zeros(3, 4), torch.zeros(1, 4)
            ),
            "expected 3 logits",
        ),
        (lambda: models.MaskHead(3, 0), "num_classes"),
        (lambda: models.MaskHead(3, 2)(torch.zeros(1, 4, 5, 5)), r"\(b, 3, h, w\)"),
        (
            lambda: models.select_masks(torch.zeros(2, 3, 4, 4), torch.tensor([0, 3])),
            r"0\.\.2",
        ),
        (lambda: models.select_masks(torch.zeros(2, 3, 4, 4), torch.tensor([0])), r"\(1,\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
