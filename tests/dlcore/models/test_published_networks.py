"""The named networks at their full size: the published numbers of parameters and multiplications.

The names and shapes of torchvision's tensors (0.29.1, from its code) stand here as hashes, so that
its weights fit ours. Networks are built on the meta device, without memory.
"""

import hashlib

import pytest
import torch

from dlcore import models
from dlcore.nn import count_parameters

TORCHVISION = {
    "alexnet": (
        lambda: models.AlexNet(
            channels=(64, 192, 384, 256, 256),
            groups=1,
            stem=(11, 4, 2),
            local_response_norm=False,
        ),
        61_100_840,
        "935c1ea73a7869ee",
    ),
    "vgg11": (lambda: models.vgg11(), 132_863_336, "b11acd4f90d9643f"),
    "vgg13": (lambda: models.vgg13(), 133_047_848, "79ca8fd7a1480aa7"),
    "vgg16": (lambda: models.vgg16(), 138_357_544, "ba63c2556d912509"),
    "vgg19": (lambda: models.vgg19(), 143_667_240, "393fac8b08b63fbe"),
    "vgg16_bn": (lambda: models.vgg16(batch_norm=True), 138_365_992, "86bad13b66635552"),
    "vgg19_bn": (lambda: models.vgg19(batch_norm=True), 143_678_248, "faf0fdbb92f698c6"),
    "resnet18": (lambda: models.resnet18(), 11_689_512, "5191d63ec3989592"),
    "resnet34": (lambda: models.resnet34(), 21_797_672, "f8de2a1812ef85e4"),
    "resnet50": (lambda: models.resnet50(), 25_557_032, "a87e91cd6bd1f939"),
    "resnet101": (lambda: models.resnet101(), 44_549_160, "dbc3ca74fffafc72"),
    "resnet152": (lambda: models.resnet152(), 60_192_808, "7d486dbdc941506e"),
    "densenet121": (lambda: models.densenet121(), 7_978_856, "9c659ec278435e95"),
    "densenet161": (lambda: models.densenet161(), 28_681_000, "96e788964c2c431f"),
    "densenet169": (lambda: models.densenet169(), 14_149_480, "03a0accd6e99d8d0"),
    "densenet201": (lambda: models.densenet201(), 20_013_928, "ebf13d018b02ad9d"),
    "efficientnet_b0": (lambda: models.efficientnet_b0(), 5_288_548, "98a6d92c040c4bca"),
    "efficientnet_b1": (lambda: models.efficientnet_b1(), 7_794_184, "391b882d956123d4"),
    "efficientnet_b2": (lambda: models.efficientnet_b2(), 9_109_994, "35d7528e6debccfe"),
    "efficientnet_b3": (lambda: models.efficientnet_b3(), 12_233_232, "cf2f96a4b05e716c"),
    "efficientnet_b4": (lambda: models.efficientnet_b4(), 19_341_616, "f55c08c98724c959"),
    "efficientnet_b5": (lambda: models.efficientnet_b5(), 30_389_784, "16e12ed3d4b769a0"),
    "efficientnet_b6": (lambda: models.efficientnet_b6(), 43_040_704, "63246a7d29b7e31c"),
    "efficientnet_b7": (lambda: models.efficientnet_b7(), 66_347_960, "f44ee38885b1d8f5"),
    "googlenet_aux": (
        lambda: models.GoogLeNet(batch_norm=True, large_kernel=3, aux_logits=True),
        13_004_888,
        "de3745733576b3b1",
    ),
    "googlenet": (
        lambda: models.GoogLeNet(batch_norm=True, large_kernel=3),
        6_624_904,
        "545eb1baab91f5d8",
    ),
}


def on_meta(build, *args, **options):
    with torch.device("meta"):
        return build(*args, **options)


def fingerprint(model):
    tensors = (f"{name} {tuple(t.shape)}" for name, t in model.state_dict().items())
    return hashlib.sha256("\n".join(sorted(tensors)).encode()).hexdigest()[:16]


@pytest.mark.reference("torchvision.models.vgg11", of="dlcore.models.vgg11")
@pytest.mark.reference("torchvision.models.vgg13", of="dlcore.models.vgg13")
@pytest.mark.reference("torchvision.models.vgg16", of="dlcore.models.vgg16")
@pytest.mark.reference("torchvision.models.vgg19", of="dlcore.models.vgg19")
@pytest.mark.reference("torchvision.models.resnet18", of="dlcore.models.resnet18")
@pytest.mark.reference("torchvision.models.resnet34", of="dlcore.models.resnet34")
@pytest.mark.reference("torchvision.models.resnet50", of="dlcore.models.resnet50")
@pytest.mark.reference("torchvision.models.resnet101", of="dlcore.models.resnet101")
@pytest.mark.reference("torchvision.models.resnet152", of="dlcore.models.resnet152")
@pytest.mark.reference("torchvision.models.densenet121", of="dlcore.models.densenet121")
@pytest.mark.reference("torchvision.models.densenet161", of="dlcore.models.densenet161")
@pytest.mark.reference("torchvision.models.densenet169", of="dlcore.models.densenet169")
@pytest.mark.reference("torchvision.models.densenet201", of="dlcore.models.densenet201")
@pytest.mark.reference("torchvision.models.efficientnet_b0", of="dlcore.models.efficientnet_b0")
@pytest.mark.reference("torchvision.models.efficientnet_b1", of="dlcore.models.efficientnet_b1")
@pytest.mark.reference("torchvision.models.efficientnet_b2", of="dlcore.models.efficientnet_b2")
@pytest.mark.reference("torchvision.models.efficientnet_b3", of="dlcore.models.efficientnet_b3")
@pytest.mark.reference("torchvision.models.efficientnet_b4", of="dlcore.models.efficientnet_b4")
@pytest.mark.reference("torchvision.models.efficientnet_b5", of="dlcore.models.efficientnet_b5")
@pytest.mark.reference("torchvision.models.efficientnet_b6", of="dlcore.models.efficientnet_b6")
@pytest.mark.reference("torchvision.models.efficientnet_b7", of="dlcore.models.efficientnet_b7")
@pytest.mark.reference("torchvision.models.AlexNet", of="dlcore.models.AlexNet")
@pytest.mark.reference("torchvision.models.VGG", of="dlcore.models.VGG")
@pytest.mark.reference("torchvision.models.ResNet", of="dlcore.models.ResNet")
@pytest.mark.reference("torchvision.models.DenseNet", of="dlcore.models.DenseNet")
@pytest.mark.reference("torchvision.models.EfficientNet", of="dlcore.models.EfficientNet")
@pytest.mark.reference("torchvision.models.GoogLeNet", of="dlcore.models.GoogLeNet")
@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_names_shapes_and_totals(name):
    build, total, tensors = TORCHVISION[name]
    model = on_meta(build)
    assert count_parameters(model) == total
    assert fingerprint(model) == tensors


def published(layers):
    """Weights and biases of convolutions (c_in, c_out, k) and dense layers (d_in, d_out)."""
    return sum(s[1] * (s[0] * s[2] ** 2 + 1) if len(s) == 3 else s[1] * (s[0] + 1) for s in layers)


def test_alexnet_as_in_the_paper():
    """Two groups in the second, fourth and fifth convolution: 60,965,224; without 62,378,344."""
    convolutions = [(3, 96, 11), (48, 256, 5), (256, 384, 3), (192, 384, 3), (192, 256, 3)]
    dense = [(9216, 4096), (4096, 4096), (4096, 1000)]
    assert count_parameters(on_meta(models.AlexNet)) == published(convolutions + dense)
    assert published(convolutions + dense) == 60_965_224
    assert round(published(dense) / 60_965_224, 3) == 0.962
    assert count_parameters(on_meta(models.AlexNet, groups=1)) == 62_378_344


def test_alexnets_maps_at_227_pixels():
    model = on_meta(models.AlexNet)
    sides, x = [], torch.empty(1, 3, 227, 227, device="meta")
    for layer in model.features:
        x = layer(x)
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.MaxPool2d)):
            sides.append(x.shape[-1])
    assert sides == [55, 27, 27, 13, 13, 13, 13, 6]
    assert model(torch.empty(1, 3, 227, 227, device="meta")).shape == (1, 1000)


def test_vggs_dense_layers_and_what_a_mean_saves():
    model = on_meta(models.vgg16)
    assert count_parameters(model.classifier) == 123_642_856
    assert count_parameters(on_meta(models.vgg16, head="gap").classifier) == 513_000


@pytest.mark.reference("Szegedy et al. (2015), table 1", of="dlcore.models.InceptionModule")
def test_googlenet_of_the_paper():
    """Every module counted from the channels in table 1 of the paper."""
    table = {
        "3a": (192, 64, 96, 128, 16, 32, 32),
        "4c": (512, 128, 128, 256, 24, 64, 64),
        "5b": (832, 384, 192, 384, 48, 128, 128),
    }
    model = on_meta(models.GoogLeNet)
    for name, (c, c1, r3, c3, r5, c5, pool) in table.items():
        expected = [(c, c1, 1), (c, r3, 1), (r3, c3, 3), (c, r5, 1), (r5, c5, 5), (c, pool, 1)]
        module = model.get_submodule(f"inception{name}")
        assert count_parameters(module) == published(expected)
        assert module.out_channels == c1 + c3 + c5 + pool
    assert count_parameters(model.inception3a) == 163_696
    assert count_parameters(model) == 6_998_552


@pytest.mark.reference("He et al. (2016): 0.27 M", of="dlcore.models.resnet20")
@pytest.mark.reference("He et al. (2016): 0.85 M", of="dlcore.models.resnet56")
@pytest.mark.reference("He et al. (2016), table 6", of="dlcore.models.cifar_resnet")
@pytest.mark.parametrize(
    ("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)]
)
def test_residual_networks_for_cifar(depth, millions):
    total = count_parameters(on_meta(models.cifar_resnet, depth))
    assert round(total / 1e6, 2 if millions < 1 else 1) == millions


def test_the_named_networks_for_cifar():
    assert count_parameters(on_meta(models.resnet20)) == 269_722
    assert count_parameters(on_meta(models.resnet56)) == 853_018
    plain = on_meta(models.resnet20, residual=False)
    assert count_parameters(plain) == 269_722


def test_a_plain_network_has_no_shortcut_to_project():
    """11,689,512 less the three 1 x 1 projections and their batch norms."""
    projections = sum(c * 2 * c + 4 * c for c in (64, 128, 256))
    plain = on_meta(models.resnet18, residual=False)
    assert count_parameters(plain) == 11_689_512 - projections


@pytest.mark.reference("Howard et al. (2017), tables 4 and 6", of="dlcore.models.MobileNetV1")
@pytest.mark.parametrize(("width", "millions"), [(1.0, 4.2), (0.75, 2.6), (0.5, 1.3), (0.25, 0.5)])
def test_mobilenets_at_all_widths(width, millions):
    model = on_meta(models.MobileNetV1, width=width)
    assert round(count_parameters(model) / 1e6, 1) == millions


def test_mobilenet_with_full_convolutions():
    assert count_parameters(on_meta(models.MobileNetV1)) == 4_231_976
    full = on_meta(models.MobileNetV1, separable=False)
    assert count_parameters(full) == 29_294_088


def macs(model, side):
    """Multiply-accumulates of convolutions and dense layers, from the shapes that pass."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += layer.weight[0].numel() * output[0].numel()

    for layer in model.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(count)
    model.eval()(torch.empty(1, 3, side, side, device="meta"))
    return total


@pytest.mark.parametrize(
    ("build", "side", "millions"),
    [
        (models.MobileNetV1, 224, 569),
        (lambda: models.MobileNetV1(separable=False), 224, 4867),
        (models.vgg16, 224, 15470),
        (models.resnet18, 224, 1814),
        (models.resnet50, 224, 4089),
        (models.resnet152, 224, 11514),
        (models.densenet121, 224, 2834),
        (models.efficientnet_b0, 224, 386),
    ],
)
def test_published_multiplications(build, side, millions):
    """Torchvision's `_ops` and the papers' tables, in millions."""
    assert round(macs(on_meta(build), side) / 1e6) == millions


@pytest.mark.reference("Tan, Le (2019): 1.2, 1.1, 1.15", of="dlcore.models.compound_scaling")
@pytest.mark.reference("Tan, Le (2019), equation 3", of="dlcore.models.CompoundScaling")
def test_compound_scaling():
    one = models.compound_scaling(1)
    assert one == models.CompoundScaling(1.2, 1.1, 258, pytest.approx(1.9203, abs=5e-5))
    for phi in (0, 2, 3.5):
        scaled = models.compound_scaling(phi)
        assert scaled.cost == pytest.approx(scaled.depth * scaled.width**2 * 1.15 ** (2 * phi))
    assert models.compound_scaling(0) == (1.0, 1.0, 224, 1.0)


def test_what_a_factor_costs_in_multiplications():
    """Depth doubles the blocks; width and resolution act with their squares."""
    stages = ((6, 3, 1, 64, 4), (6, 3, 1, 64, 4))

    def cost(width, depth, side):
        return macs(on_meta(models.EfficientNet, width, depth, stages=stages), side)

    base = cost(1, 1, 64)
    assert cost(1, 2, 64) / base == pytest.approx(2, rel=0.15)
    assert cost(2, 1, 64) / base == pytest.approx(4, rel=0.15)
    assert cost(1, 1, 128) / base == pytest.approx(4, rel=0.01)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: models.AlexNet(channels=(1, 2)), "five convolutions, got channels"),
        (lambda: models.AlexNet(num_classes=0), "num_classes must be positive, got 0"),
        (lambda: models.VGG([]), "at least one block"),
        (lambda: models.vgg11(head="mean"), "head must be one of dense, gap, got 'mean'"),
        (lambda: models.cifar_resnet(18), r"6 n \+ 2 with n >= 1 .*, got 18"),
        (lambda: models.resnet18(stem="tiny"), "stem must be one of imagenet, cifar"),
        (lambda: models.resnet18(shortcut="none"), "shortcut must be one of project, pad"),
        (lambda: models.DenseNet(block_config=()), "blocks must be positive, got 0"),
        (lambda: models.GoogLeNet(large_kernel=4), "large_kernel must be odd, got 4"),
        (lambda: models.MobileNetV1(width=0.0), "width must be positive, got 0"),
        (lambda: models.EfficientNet(depth=-1.0), "depth must be positive, got -1"),
        (lambda: models.compound_scaling(1, alpha=0.5), "alpha must be at least 1, got 0.5"),
    ],
)
def test_impossible_networks(build, message):
    with pytest.raises(ValueError, match=message):
        on_meta(build)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("build", "shape", "message"),
    [
        (models.AlexNet, (2, 1, 227, 227), r"\(b, 3, h, w\), got \(2, 1, 227, 227\)"),
        (models.AlexNet, (2, 3, 32, 32), "at least 67 x 67 pixels"),
        (models.vgg11, (2, 3, 16, 64), "at least 32 x 32 pixels .* got 16 x 64"),
        (models.resnet18, (3, 64, 64), r"got \(3, 64, 64\)"),
        (models.densenet121, (1, 3, 31, 31), "at least 32 x 32"),
        (models.GoogLeNet, (1, 4, 64, 64), r"\(b, 3, h, w\)"),
        (models.MobileNetV1, (1, 4, 64, 64), r"\(b, 3, h, w\)"),
        (models.efficientnet_b0, (1, 4, 64, 64), r"\(b, 3, h, w\)"),
    ],
)
def test_images_that_do_not_fit(build, shape, message):
    with pytest.raises(ValueError, match=message):
        on_meta(build)(torch.empty(shape, device="meta"))


def test_the_smallest_images_of_alexnet_pass():
    model = on_meta(models.AlexNet)
    assert model(torch.empty(1, 3, 67, 67, device="meta")).shape == (1, 1000)
