"""Smoothed targets: torch's loss, worked examples."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.nn.smooth_labels")
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
def test_the_loss_at_smoothed_targets_is_torchs_smoothed_loss(epsilon, generator):
    z = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    labels = torch.randint(5, (7,), generator=generator)
    rows = torch.softmax(z.flip(0), dim=1)
    one_hot = F.one_hot(labels, 5).double()
    for soft, target in (
        (nn.smooth_labels(one_hot, epsilon), labels),
        (nn.smooth_labels(rows, epsilon), rows),
    ):
        assert_close(F.cross_entropy(z, soft), F.cross_entropy(z, target, label_smoothing=epsilon))
        assert_close(soft.sum(dim=1), torch.ones(7))
    assert_close(
        nn.smooth_labels(labels, epsilon, 5), nn.smooth_labels(one_hot, epsilon), rtol=1e-6
    )


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
def test_cross_entropy_with_smoothing(reduction, epsilon, generator):
    z = 3 * torch.randn(7, 5, generator=generator, dtype=torch.float64)
    labels = torch.randint(5, (7,), generator=generator)
    options = {"reduction": reduction, "label_smoothing": epsilon}
    assert_parity(nn.cross_entropy, F.cross_entropy, z, labels, **options)
    rows = torch.softmax(z.flip(0), dim=1)
    assert_close(nn.cross_entropy(z, rows, **options), F.cross_entropy(z, rows, **options))
    one_hot = F.one_hot(labels, 5)
    assert_close(nn.cross_entropy(z, one_hot, **options), F.cross_entropy(z, labels, **options))


def test_worked_examples():
    three = nn.smooth_labels(torch.tensor([0]), 0.3, num_classes=3)
    assert_close(three, [[0.8, 0.1, 0.1]], rtol=1e-6)
    thousand = nn.smooth_labels(torch.tensor([7]), 0.1, num_classes=1000)[0]
    assert round(thousand[7].item(), 6) == 0.9001
    assert round(thousand[8].item(), 6) == 0.0001
    best = thousand.double().log()[None]
    loss = nn.cross_entropy(best, torch.tensor([7]), label_smoothing=0.1)
    assert_close(loss, 1.0148, rtol=1e-4)
    assert_close(best[0, 7] - best[0, 8], math.log(9001), rtol=1e-5)


def test_the_smoothed_loss_has_its_minimum_at_a_finite_gap():
    gaps = torch.linspace(0, 20, 2001, dtype=torch.float64)
    z = torch.stack([gaps, *[torch.zeros_like(gaps)] * 2], dim=1)
    label = torch.zeros(2001, dtype=torch.long)
    losses = nn.cross_entropy(z, label, reduction="none", label_smoothing=0.3)
    assert_close(gaps[losses.argmin()], math.log(8), atol=0.01, rtol=0)
    assert nn.cross_entropy(z, label, reduction="none").argmin() == 2000


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8])
def test_other_integers_and_no_examples(dtype):
    assert nn.smooth_labels(torch.tensor([0, 2], dtype=dtype), 0.0, 3).tolist() == [
        [1, 0, 0],
        [0, 0, 1],
    ]
    assert nn.smooth_labels(torch.zeros(0, dtype=dtype), 0.1, 3).shape == (0, 3)


@pytest.mark.bad_input
def test_bad_input():
    labels, rows = torch.tensor([0, 2]), torch.full((2, 3), 1 / 3)
    for epsilon in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="epsilon must lie between 0 and 1"):
            nn.smooth_labels(rows, epsilon)
        with pytest.raises(ValueError, match="label_smoothing must lie between 0 and 1"):
            nn.cross_entropy(rows, labels, label_smoothing=epsilon)
    for k in (None, 0):
        with pytest.raises(ValueError, match=f"labels need num_classes, at least 1, got {k}"):
            nn.smooth_labels(labels, 0.1, k)
    with pytest.raises(ValueError, match="labels must lie between 0 and 1"):
        nn.smooth_labels(labels, 0.1, 2)
    with pytest.raises(ValueError, match=r"rows \(n, 5\), got \(2, 3\)"):
        nn.smooth_labels(rows, 0.1, 5)
    with pytest.raises(ValueError, match=r"rows \(n, k\), got \(3,\)"):
        nn.smooth_labels(rows[0])
    with pytest.raises(ValueError, match="must sum to 1"):
        nn.smooth_labels(2 * rows)
