"""Convolutions with holes against zeros put in between; style against plain sums and one step."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlcore import models
from tests.parity import assert_close


@pytest.mark.reference("a kernel with zeros between", of="dlcore.models.effective_kernel_size")
@pytest.mark.parametrize(("k", "d"), [(3, 1), (3, 4), (5, 2), (1, 7)])
def test_holes_are_zeros(generator, k, d):
    x = torch.randn(1, 2, 23, 21, generator=generator, dtype=torch.float64)
    weight = torch.randn(3, 2, k, k, generator=generator, dtype=torch.float64)
    width = models.effective_kernel_size(k, d)
    wide = torch.zeros(3, 2, width, width, dtype=torch.float64)
    wide[:, :, ::d, ::d] = weight
    assert_close(F.conv2d(x, wide), F.conv2d(x, weight, dilation=d))


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.models.ASPP")
def test_pyramid_branch_by_branch(generator):
    aspp = models.ASPP(3, 4, rates=(1, 3)).double().eval()
    x = torch.randn(2, 3, 10, 9, generator=generator, dtype=torch.float64)
    maps = []
    for branch, d in zip(aspp.branches, (1, 1, 3), strict=True):
        conv, norm = branch[0], branch[1]
        size = conv.weight.shape[2]
        y = F.conv2d(x, conv.weight, padding=(size - 1) * d // 2, dilation=d)
        maps.append((y / (1 + norm.eps) ** 0.5).relu())
    mean = x.mean(dim=(2, 3)) @ aspp.mean[0].weight[:, :, 0, 0].T + aspp.mean[0].bias
    maps.append(mean.relu()[:, :, None, None].expand(-1, -1, 10, 9))
    y = F.conv2d(torch.cat(maps, dim=1), aspp.project[0].weight)
    assert_close(aspp(x), (y / (1 + aspp.project[1].eps) ** 0.5).relu())
    assert models.ASPP(3, 4, rates=(2,)).train()(x[:1].float()).shape == (1, 4, 10, 9)


@pytest.mark.reference("numpy.einsum", of="dlcore.models.style_gram")
def test_gram_matrices(generator):
    x = torch.randn(2, 5, 4, 6, generator=generator, dtype=torch.float64)
    expected = np.einsum("bchw,bdhw->bcd", x.numpy(), x.numpy()) / 24
    assert_close(models.style_gram(x), expected)
    order = torch.randperm(24, generator=generator)
    shuffled = x.flatten(2)[:, :, order].unflatten(2, (4, 6))
    assert_close(models.style_gram(shuffled), models.style_gram(x))


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.models.RandomFilters")
def test_random_filters(generator):
    filters = models.RandomFilters(3, filters=200, sizes=(3, 5), generator=generator)
    x = torch.rand(1, 3, 8, 9, generator=generator)
    for conv, maps, size in zip(filters.convolutions, filters(x), (3, 5), strict=True):
        padded = F.pad(x, [size // 2] * 4, mode="reflect")
        assert_close(maps, F.conv2d(padded, conv.weight).relu(), rtol=1e-4, atol=1e-5)
        assert conv.weight.std().item() == pytest.approx((2 / (3 * size**2)) ** 0.5, rel=0.05)
        assert not conv.weight.requires_grad


@pytest.mark.reference("Adam's first step by hand", of="dlcore.models.style_transfer")
@pytest.mark.reference("Adam's first step by hand", of="dlcore.models.StyleTransfer")
def test_one_step_of_style_transfer(generator):
    content = 0.2 + 0.6 * torch.rand(3, 9, 9, generator=generator)
    style = torch.rand(3, 7, 5, generator=generator)
    filters = models.RandomFilters(3, filters=4, sizes=(3, 5), generator=generator)
    result = models.style_transfer(
        content, style, filters, style_layers=(1,), style_weight=3.0, steps=1, lr=0.01
    )
    image = content.clone().requires_grad_()
    grams = [
        torch.einsum("chw,dhw->cd", m, m) / m[0].numel()
        for m in (filters(image[None])[1][0], filters(style[None])[1][0])
    ]
    loss = 3 * F.mse_loss(*grams)
    loss.backward()
    assert result.losses[0, 0] == 0
    assert_close(result.losses[0, 1], loss.detach(), rtol=1e-4)
    assert_close(result.image, content - 0.01 * image.grad.sign(), rtol=1e-3, atol=1e-4)
    far = models.style_transfer(content, style, filters, steps=8, lr=0.3)
    assert 0 <= far.image.min() <= far.image.max() <= 1
    assert far.losses.shape == (8, 2)
    assert far.losses[1, 0] > 0


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.effective_kernel_size(3, 0), "dilation"),
        (lambda: models.ASPP(3, 4, rates=()), "rates"),
        (lambda: models.ASPP(3, 4)(torch.zeros(1, 2, 5, 5)), r"\(b, 3, h, w\)"),
        (lambda: models.style_gram(torch.zeros(3, 4, 4)), r"\(3, 4, 4\)"),
        (lambda: models.RandomFilters(sizes=(2,)), r"odd numbers, got \(2,\)"),
        (
            lambda: models.style_transfer(torch.zeros(3, 4, 4), torch.zeros(1, 4, 4), list),
            r"\(1, 4, 4\)",
        ),
        (
            lambda: models.style_transfer(
                torch.zeros(3, 4, 4), torch.zeros(3, 4, 4), lambda x: [x], style_layers=(1,)
            ),
            "there is no layer 1",
        ),
        (
            lambda: models.style_transfer(
                torch.zeros(3, 4, 4), torch.zeros(3, 4, 4), lambda x: [x], steps=0
            ),
            "steps",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
