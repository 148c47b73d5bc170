"""Every network at a small size learns real digits within seconds, the detector drawn shapes."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import models
from dlcore.data import load_digits, shape_scenes
from dlcore.evaluation import accuracy, mean_iou
from dlcore.nn import pixel_cross_entropy
from dlcore.training import fit, predict


@pytest.fixture(scope="module")
def digits():
    splits = load_digits()
    return [(X.reshape(-1, 1, 8, 8), y) for X, y in (splits.train, splits.validation)]


def resized(X, side):
    return F.interpolate(X, size=(side, side), mode="bilinear", align_corners=False)


def train(model, X, y, loss, epochs, lr=3e-3):
    order = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr)
    options = {"epochs": epochs, "batch_size": 32, "generator": order, "progress": False}
    return fit(model, X, y, loss=loss, optimizer=optimizer, **options)


NETWORKS = {
    "lenet": (lambda: models.LeNet5(activation="relu"), 28),
    "alexnet": (
        lambda: models.AlexNet(
            10,
            in_channels=1,
            channels=(16, 32, 32, 32, 32),
            hidden=64,
            stem=(3, 1, 1),
            pool_size=1,
            dropout=0.0,
            local_response_norm=False,
        ),
        16,
    ),
    "vgg": (
        lambda: models.VGG([(1, 16), (2, 32)], 10, in_channels=1, batch_norm=True, head="gap"),
        8,
    ),
    "inception": (lambda: models.small_inception(10), 8),
    "resnet": (
        lambda: models.ResNet(models.BasicBlock, [1, 1], 10, in_channels=1, width=16, stem="cifar"),
        8,
    ),
    "densenet": (
        lambda: models.DenseNet(8, (3, 3), 16, num_classes=10, in_channels=1, stem="cifar"),
        8,
    ),
    "mobilenet": (
        lambda: models.MobileNetV1(
            10,
            in_channels=1,
            blocks=((32, 1), (64, 2), (64, 1)),
            stem_channels=16,
            stem_stride=1,
        ),
        8,
    ),
    "efficientnet": (
        lambda: models.EfficientNet(
            num_classes=10,
            in_channels=1,
            stages=((1, 3, 1, 16, 1), (4, 3, 2, 24, 1)),
            stem_channels=16,
            stem_stride=1,
        ),
        8,
    ),
}


@pytest.mark.reference("sklearn.datasets.load_digits", of="dlcore.models.small_inception")
@pytest.mark.parametrize("name", NETWORKS)
def test_small_networks_learn_digits(name, digits):
    """Three passes over 1078 digits; one guess in ten is right by chance."""
    build, side = NETWORKS[name]
    (X, y), (X_held, y_held) = digits
    torch.manual_seed(0)
    model = build()
    history = train(model, resized(X, side), y, F.cross_entropy, epochs=3)
    assert history["loss"][-1] < history["loss"][0] / 1.5
    assert accuracy(predict(model, resized(X_held, side)), y_held) > 0.6


def test_lenet_of_1998_learns_digits(digits):
    """Its loss here is the cross-entropy of a softmax of negative distances."""
    (X, y), (X_held, y_held) = digits
    torch.manual_seed(0)
    model = models.LeNet5Original()
    train(model, resized(X, 32), y, lambda d, y: F.cross_entropy(-0.1 * d, y), epochs=2)
    assert accuracy(-predict(model, resized(X_held, 32)), y_held) > 0.6


@pytest.mark.reference("drawn shapes whose boxes are known", of="dlcore.models.GridDetector")
def test_a_grid_detector_finds_shapes_it_has_not_seen():
    train_set = shape_scenes(240, most=2, generator=torch.Generator().manual_seed(0))
    test_set = shape_scenes(40, most=2, generator=torch.Generator().manual_seed(1))
    targets = models.grid_targets(train_set.boxes, train_set.labels, 3, image_size=48, cells=6)
    torch.manual_seed(0)
    model = models.GridDetector(3, width=8)
    train(model, train_set.images, targets, models.grid_loss, epochs=20)
    found = hits = objects = 0
    for detections, boxes in zip(model.detect(test_set.images), test_set.boxes, strict=True):
        iou = models.box_iou(boxes, detections.boxes)
        hits += int((iou > 0.5).any(dim=1).sum())
        objects, found = objects + len(boxes), found + len(detections.boxes)
    assert hits / objects > 0.5
    assert found < 2 * objects


@pytest.mark.parametrize(
    "build",
    [
        lambda: models.UNet(3, 2, width=8, depth=2, padding="same", batch_norm=True),
        lambda: models.FCN(
            models.VGG([(2, 16), (2, 32), (1, 32)], head="gap", batch_norm=True), 2, stride=2
        ),
    ],
)
def test_segmentation_networks_tell_shapes_from_background(build):
    train_set = shape_scenes(96, size=32, generator=torch.Generator().manual_seed(0))
    test_set = shape_scenes(24, size=32, generator=torch.Generator().manual_seed(1))
    torch.manual_seed(0)
    model = build()
    truth = (train_set.masks > 0).long(), (test_set.masks > 0).long()
    train(model, train_set.images, truth[0], pixel_cross_entropy, epochs=20, lr=1e-2)
    predicted = predict(model, test_set.images).argmax(dim=1)
    all_background = mean_iou(torch.zeros_like(truth[1]), truth[1], 2)
    reached = mean_iou(predicted, truth[1], 2)
    assert reached > all_background + 0.2
