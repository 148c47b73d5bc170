"""Pixels in order: all images of a small grid enumerated, dependence by derivatives."""

import math
from itertools import product

import pytest
import torch

from dlcore.generative import MaskedConv2d, PixelCNN


@pytest.mark.reference("derivatives", of="dlcore.generative.MaskedConv2d")
def test_masks_by_derivatives():
    torch.manual_seed(0)
    for mask_type, itself in (("A", 0), ("B", 1)):
        layer = MaskedConv2d(2, 3, 5, mask_type=mask_type)
        x = torch.randn(1, 2, 5, 7, requires_grad=True)
        layer(x)[0, :, 2, 3].sum().backward()
        seen = (x.grad[0] != 0).all(0).flatten()
        expected = torch.zeros(5, 7, dtype=torch.bool)
        expected[0:2, 1:6] = True
        expected[2, 1 : 3 + itself] = True
        assert torch.equal(seen, expected.flatten())
    plain = torch.nn.functional.conv2d(x, layer.weight * layer.mask, layer.bias, padding=2)
    assert torch.equal(layer(x), plain)


def small(levels):
    torch.manual_seed(1)
    model = PixelCNN(levels, width=6, depth=2).double()
    for parameter in model.parameters():
        parameter.data *= 2
    return model


@pytest.mark.reference("enumeration", of="dlcore.generative.PixelCNN")
def test_probabilities_of_all_images_sum_to_1():
    for levels, h, w in ((2, 3, 3), (3, 2, 2)):
        x = torch.tensor(list(product(range(levels), repeat=h * w))).reshape(-1, h, w)
        log_p = small(levels).log_prob(x)
        assert log_p.exp().sum().item() == pytest.approx(1)
        assert log_p.std() > 0.1


def test_no_pixel_sees_itself_or_what_follows():
    model = small(2)
    x = torch.randint(0, 2, (1, 4, 5))
    logits = model(x)
    for k in range(20):
        changed = x.clone().flatten()
        changed[k] = 1 - changed[k]
        difference = (model(changed.reshape(1, 4, 5)) - logits).abs().amax(1).flatten()
        assert (difference[: k + 1] == 0).all()
    assert difference.numel() == 20


def test_blind_spot():
    """With 3 x 3 kernels alone, pixels above and far to the right are never seen."""
    torch.manual_seed(0)
    layers = [MaskedConv2d(1, 1, 3, mask_type="A")] + [MaskedConv2d(1, 1, 3) for _ in range(8)]
    x = torch.randn(1, 1, 9, 9, requires_grad=True)
    y = torch.nn.Sequential(*layers)(x)
    y[0, 0, 6, 3].backward()
    seen = x.grad[0, 0] != 0
    for i, j in product(range(7), range(9)):
        assert bool(seen[i, j]) == (j - 3 <= 6 - i and (i < 6 or j < 3))


def test_samples_follow_the_probabilities(generator):
    model = small(2)
    x = torch.tensor(list(product(range(2), repeat=4))).reshape(-1, 2, 2)
    expected = model.log_prob(x).exp()
    draws = model.sample(8000, 2, 2, generator=generator).flatten(1)
    counts = (draws @ torch.tensor([8, 4, 2, 1])).bincount(minlength=16)
    chi2 = ((counts - 8000 * expected) ** 2 / (8000 * expected)).sum().item()
    assert chi2 < 37.7  # 0.001 of a chi-square of 15
    top = x[5, :1].expand(500, 1, 2)
    completed = model.sample(500, 2, 2, known=top, generator=generator)
    assert torch.equal(completed[:, :1], top)
    joint = expected.reshape(4, 4)[1]
    share = (completed[:, 1] == torch.tensor([1, 0])).all(1).double().mean().item()
    p = (joint[2] / joint.sum()).item()
    assert abs(share - p) < 4 * math.sqrt(p * (1 - p) / 500)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="odd kernel_size"):
        MaskedConv2d(1, 1, 4)
    with pytest.raises(ValueError, match="mask_type A or B"):
        MaskedConv2d(1, 1, 3, mask_type="C")
    with pytest.raises(ValueError, match="levels >= 2"):
        PixelCNN(1)
    model = PixelCNN(2, width=4, depth=1)
    for x in (torch.zeros(1, 3, 3), torch.full((1, 3, 3), 2), torch.zeros(3, 3, dtype=torch.long)):
        with pytest.raises(ValueError, match="whole numbers from 0 to 1"):
            model(x)
    with pytest.raises(ValueError, match="do not fit"):
        model.sample(2, 3, 3, known=torch.zeros(2, 1, 4, dtype=torch.long))
