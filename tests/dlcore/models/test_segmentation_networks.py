"""U-Net and fully convolutional networks: sizes, parameters, dense layers as convolutions."""

from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F

from dlcore import models
from dlcore.nn import count_parameters
from tests.parity import assert_close


@pytest.mark.reference("Ronneberger et al. (2015), figure 1: 572 -> 388", of="dlcore.models.UNet")
def test_unet_of_the_paper():
    with torch.device("meta"):
        model = models.UNet()
        assert model(torch.empty(1, 1, 572, 572)).shape == (1, 2, 388, 388)
    kinds = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
    assert sum(isinstance(layer, kinds) for layer in model.modules()) == 23
    convolutions = [1, 64, 64, 128, 128, 256, 256, 512, 512, 1024, 1024]
    expected = sum(9 * a * b + b for a, b in pairwise(convolutions))
    for c in (512, 256, 128, 64):
        expected += (4 * 2 * c * c + c) + (9 * 2 * c * c + c) + (9 * c * c + c)
    assert count_parameters(model) == expected + 2 * 64 + 2 == 31_030_658


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_output_size_says_what_comes_out(padding, depth):
    model = models.UNet(width=2, depth=depth, padding=padding)
    fitting = 0
    for side in range(1, 110):
        try:
            expected = model.output_size(side)
        except ValueError:
            continue
        fitting += 1
        with torch.no_grad():
            out = model(torch.zeros(1, 1, side, side))
        assert out.shape[-2:] == (expected, expected)
    assert fitting > 2


def test_unet_hands_maps_across():
    """With the deeper levels silenced the output still depends on the input."""
    model = models.UNet(width=4, depth=2, padding="same").double()
    for parameter in model.parameters():
        parameter.data.abs_()  # no ReLU is dead
    for parameter in model.up.parameters():
        torch.nn.init.zeros_(parameter)
    x = torch.ones(1, 1, 16, 16, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(model(x)[0, 0, 8, 8], x)
    rows = gradient[0, 0].abs().sum(1).nonzero().flatten().tolist()
    assert rows == list(range(4, 13))  # the field of four 3 x 3 convolutions


@pytest.mark.reference("torch.nn.functional.linear", of="dlcore.models.fc_to_conv")
@pytest.mark.parametrize("bias", [True, False])
def test_a_dense_layer_as_a_convolution(bias, generator):
    layer = torch.nn.Linear(4 * 3 * 5, 7, bias=bias).double()
    x = torch.randn(2, 4, 3, 5, generator=generator, dtype=torch.float64)
    conv = models.fc_to_conv(layer, (3, 5))
    assert_close(conv(x).flatten(1), F.linear(x.flatten(1), layer.weight, layer.bias))
    larger = torch.randn(2, 4, 6, 9, generator=generator, dtype=torch.float64)
    window = larger[:, :, 2:5, 3:8]
    assert_close(conv(larger)[:, :, 2, 3], layer(window.flatten(1)))


@pytest.mark.reference("the classifier on every window", of="dlcore.models.fully_convolutional")
def test_a_classifier_at_every_place(generator):
    """Without padding effects: the map's entries are the scores of windows one stride apart."""
    vgg = models.VGG([(1, 3), (1, 4)], 5, hidden=6, pool_size=2).double().eval()
    for conv in vgg.features:
        if isinstance(conv, torch.nn.Conv2d):
            conv.padding = (0, 0)
    x = torch.randn(1, 3, 18, 26, generator=generator, dtype=torch.float64)
    scores = models.fully_convolutional(vgg).eval()(x)
    side = 14  # 14 -> 12 -> 6 -> 4 -> 2
    assert scores.shape == (1, 5, 2, 4)
    for i in range(2):
        for j in range(4):
            window = x[:, :, 4 * i : 4 * i + side, 4 * j : 4 * j + side]
            assert_close(scores[:, :, i, j], vgg(window))


def test_vgg_16_with_its_first_dense_layer_as_a_7_x_7_convolution():
    with torch.device("meta"):
        net = models.fully_convolutional(models.vgg16())
        assert net(torch.empty(1, 3, 224, 224)).shape == (1, 1000, 1, 1)
        assert net(torch.empty(1, 3, 384, 384)).shape == (1, 1000, 6, 6)
        assert count_parameters(net) == 138_357_544
        alex = models.fully_convolutional(models.AlexNet())
        assert alex(torch.empty(1, 3, 227, 227)).shape == (1, 1000, 1, 1)


@pytest.mark.reference("Long et al. (2015), table 1: 134 M", of="dlcore.models.FCN")
@pytest.mark.parametrize("stride", [32, 16, 8])
def test_fcn_of_the_paper(stride):
    with torch.device("meta"):
        model = models.FCN(models.vgg16(), 21, stride=stride)
        assert model(torch.empty(1, 3, 96, 160)).shape == (1, 21, 96, 160)
    skips = [512, 256][: {32: 0, 16: 1, 8: 2}[stride]]
    vgg_without_scores = 138_357_544 - 4_097_000
    kernels = 21 * 21 * (16 * len(skips) + 4 * stride**2)
    expected = vgg_without_scores + 21 * 4097 + sum(21 * (c + 1) for c in skips) + kernels
    assert count_parameters(model) - kernels == pytest.approx(134e6, rel=0.005)
    assert count_parameters(model) == expected


def test_fcn_keeps_the_classifiers_weights():
    vgg = models.VGG([(1, 3), (1, 4)], 5, hidden=6, pool_size=3)
    model = models.FCN(vgg, 2, stride=4)
    assert torch.equal(model.head[0].weight.flatten(1), vgg.classifier[0].weight)
    assert model.stages[1][0].weight is vgg.features[3].weight


def test_fcn_starts_as_a_linear_interpolation_of_coarse_scores(generator):
    vgg = models.VGG([(1, 3), (1, 4)], 5, head="gap")
    x = torch.randn(1, 3, 40, 48, generator=generator)
    for stride, factors in ((4, (4,)), (2, (2, 2))):
        model = models.FCN(vgg, 2, stride=stride).eval()
        expected = model.score(vgg.features(x))
        for f in factors:
            expected = F.interpolate(expected, scale_factor=f, mode="bilinear")
        inner = slice(8, -8)
        assert_close(model(x)[..., inner, inner], expected[..., inner, inner], rtol=1e-4, atol=1e-5)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.UNet(padding="full"), "padding must be one of valid, same"),
        (lambda: models.UNet(depth=0), "depth must be positive, got 0"),
        (lambda: models.UNet(width=2).output_size(570), "570 pixels is 279 before pooling 2"),
        (
            lambda: models.UNet(width=2, depth=2, padding="same")(torch.zeros(1, 1, 16, 18)),
            "18 pixels is 9 before pooling 2",
        ),
        (lambda: models.UNet(width=2, depth=1).output_size(12), "12 pixels leaves no output"),
        (lambda: models.fc_to_conv(torch.nn.Linear(10, 2), 3), "10 inputs cannot read .* 3 x 3"),
        (
            lambda: models.FCN(models.VGG([(1, 2)], head="gap"), 3, stride=4),
            r"stride must be one of \[2\], got 4",
        ),
        (
            lambda: models.FCN(models.VGG([(1, 2)], head="gap"), 3, stride=2)(
                torch.zeros(1, 3, 7, 8)
            ),
            "multiples of 2, got 7 x 8",
        ),
    ],
)
def test_bad_segmentation_networks(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.bad_input
def test_only_classifiers_with_dense_layers_are_converted():
    with pytest.raises(TypeError, match="expected a VGG or an AlexNet, got ResNet"):
        models.fully_convolutional(models.resnet20())
    with pytest.raises(TypeError, match="the backbone must be a VGG, got ResNet"):
        models.FCN(models.resnet20(), 2)
