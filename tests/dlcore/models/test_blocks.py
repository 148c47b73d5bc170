"""What the networks are made of: LeNet's layers, residual, inception, dense and mobile blocks."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import models
from dlcore.nn import count_parameters
from tests.parity import assert_close


def images(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.reference("count by hand: 156 + 2416 + 48120 + 10164 + 850", of="dlcore.models.LeNet5")
def test_lenet_of_today():
    model = models.LeNet5()
    layers = [count_parameters(layer) for layer in model if count_parameters(layer)]
    assert layers == [156, 2416, 48_120, 10_164, 850]
    assert sum(layers) == 61_706
    assert model(torch.zeros(3, 1, 28, 28)).shape == (3, 10)
    unpadded = models.LeNet5(7, padding=0, activation="relu", pooling="max")
    assert unpadded(torch.zeros(3, 1, 32, 32)).shape == (3, 7)


def test_lenets_options_are_the_layers_they_name():
    for name, layer in (("relu", torch.nn.ReLU), ("sigmoid", torch.nn.Sigmoid)):
        assert sum(isinstance(m, layer) for m in models.LeNet5(activation=name)) == 4
    assert sum(isinstance(m, torch.nn.MaxPool2d) for m in models.LeNet5(pooling="max")) == 2


@pytest.mark.reference("LeCun et al. (1998), section II-B", of="dlcore.models.LeNet5Original")
def test_lenet_of_1998():
    model = models.LeNet5Original()
    layers = [count_parameters(layer) for layer in model.features if count_parameters(layer)]
    assert layers == [156, 12, 1516, 32, 48_120, 10_164]
    assert sum(layers) == count_parameters(model) == 60_000
    assert model.codes.shape == (10, 84)
    assert set(model.codes.unique().tolist()) == {-1, 1}
    assert len(model.codes.unique(dim=0)) == 10


def test_table_1_of_lenet():
    """Six maps see 3, nine see 4, one sees all 6; every pair of columns differs."""
    connections = models.C3_CONNECTIONS
    assert [len(maps) for maps in connections] == [3] * 6 + [4] * 9 + [6]
    assert len({tuple(sorted(maps)) for maps in connections}) == 16
    assert [sum(s in maps for maps in connections) for s in range(6)] == [10] * 6


def test_the_partial_convolution_is_a_full_one_with_zeros():
    layers = models.LeNet5Original().double().features
    (partial,) = (layer for layer in layers if hasattr(layer, "connections"))
    weight = torch.zeros(16, 6, 5, 5, dtype=torch.float64)
    for out, (conv, maps) in enumerate(zip(partial.maps, models.C3_CONNECTIONS, strict=True)):
        weight[out, list(maps)] = conv.weight[0]
    bias = torch.cat([conv.bias for conv in partial.maps])
    x = images(2, 6, 14, 14)
    assert_close(partial(x), F.conv2d(x, weight, bias))


def test_the_output_of_1998_is_a_squared_distance():
    model = models.LeNet5Original().double()
    x = images(3, 1, 32, 32)
    expected = torch.cdist(model.features(x), model.codes) ** 2
    assert_close(model(x), expected, rtol=1e-7)


@pytest.mark.reference("torch.nn, layer by layer", of="dlcore.models.vgg_block")
@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_block_of_vgg(batch_norm):
    block = models.vgg_block(3, 5, 2, batch_norm=batch_norm).double().eval()
    convolutions = [layer for layer in block if isinstance(layer, torch.nn.Conv2d)]
    assert [c.weight.shape for c in convolutions] == [(5, 3, 3, 3), (5, 5, 3, 3)]
    x = expected = images(2, 3, 8, 6)
    for c in convolutions:
        expected = F.conv2d(expected, c.weight, c.bias, padding=1)
        expected = F.relu(expected / (1 + 1e-5) ** 0.5 if batch_norm else expected)
    assert_close(block(x), F.max_pool2d(expected, 2))


def norms(model):
    return [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]


@pytest.mark.reference("torch.nn.functional", of="dlcore.models.BasicBlock")
@pytest.mark.reference("torch.nn.functional", of="dlcore.models.Bottleneck")
@pytest.mark.parametrize("block", [models.BasicBlock, models.Bottleneck])
@pytest.mark.parametrize(("stride", "residual"), [(1, True), (2, True), (2, False)])
def test_residual_blocks_against_functional_torch(block, stride, residual):
    model = block(8, 2 if block is models.Bottleneck else 8, stride, residual=residual)
    model = model.double().train()
    x = images(3, 8, 6, 6)

    def layer(x, i, stride=1):
        conv = getattr(model, f"conv{i}")
        x = F.conv2d(x, conv.weight, None, stride, padding=conv.weight.shape[-1] // 2)
        return F.batch_norm(x, None, None, training=True)

    if block is models.BasicBlock:
        branch = layer(F.relu(layer(x, 1, stride)), 2)
    else:
        branch = layer(F.relu(layer(F.relu(layer(x, 1)), 2, stride)), 3)
    shortcut = x
    if stride == 2 and residual:
        projection = F.conv2d(x, model.downsample[0].weight, None, stride)
        shortcut = F.batch_norm(projection, None, None, training=True)
    expected = F.relu(branch + (shortcut if residual else 0))
    assert_close(model(x), expected, rtol=1e-8)


def test_a_block_whose_last_norm_is_zero_passes_what_is_not_negative():
    x = images(2, 8, 5, 5).abs()
    for block in (models.BasicBlock(8, 8), models.Bottleneck(8, 2)):
        block = block.double()
        torch.nn.init.zeros_(norms(block)[-1].weight)
        assert_close(block(x), x, atol=0)


def test_residual_networks_may_begin_as_the_identity():
    model = models.resnet20(zero_init_residual=True).double().eval()
    x = images(2, 16, 6, 6).abs()
    assert torch.equal(model.layer1(x), x)


def test_bottlenecks_are_cheap():
    """69,632 weights on 256 channels, where two full 3 x 3 convolutions have 1,179,648."""
    weights = [
        sum(p.numel() for p in block.parameters() if p.ndim == 4)
        for block in (models.Bottleneck(256, 64), models.BasicBlock(256, 256))
    ]
    assert weights == [69_632, 1_179_648]


def test_padded_shortcuts_take_every_other_pixel_and_add_zeros():
    block = models.BasicBlock(4, 8, 2, shortcut="pad").double()
    for p in block.parameters():
        torch.nn.init.zeros_(p)
    x = images(2, 4, 6, 6)
    y = block(x)
    assert_close(y[:, 2:6], F.relu(x[:, :, ::2, ::2]))
    assert not y[:, :2].any()
    assert not y[:, 6:].any()


def test_an_inception_module_concatenates_its_branches():
    module = models.InceptionModule(5, 2, 3, 4, 3, 6, 7).double()
    x = images(2, 5, 6, 6)

    def conv(x, layer):
        return F.relu(F.conv2d(x, layer.conv.weight, layer.conv.bias, padding="same"))

    expected = torch.cat(
        [
            conv(x, module.branch1),
            conv(conv(x, module.branch2[0]), module.branch2[1]),
            conv(conv(x, module.branch3[0]), module.branch3[1]),
            conv(F.max_pool2d(x, 3, 1, 1), module.branch4[1]),
        ],
        dim=1,
    )
    assert_close(module(x), expected)
    assert module.out_channels == 2 + 4 + 6 + 7
    assert module.branch3[1].conv.kernel_size == (5, 5)


@pytest.mark.reference("Szegedy et al. (2015), section 5", of="dlcore.models.GoogLeNetOutputs")
def test_googlenets_side_classifiers_speak_in_training_only():
    model = models.GoogLeNet(7, aux_logits=True)
    x = torch.randn(2, 3, 32, 32)
    outputs = model.train()(x)
    assert isinstance(outputs, models.GoogLeNetOutputs)
    assert [o.shape for o in outputs] == [(2, 7)] * 3
    model.zero_grad()
    outputs.aux_logits1.sum().backward()
    assert model.inception4a.branch1.conv.weight.grad is not None
    assert model.inception4b.branch1.conv.weight.grad is None
    with torch.no_grad():
        assert model.eval()(x).shape == (2, 7)


@pytest.mark.reference("Huang et al. (2017), equation 2", of="dlcore.models.DenseBlock")
def test_a_dense_layer_sees_all_that_came_before():
    block = models.DenseBlock(3, 4, growth_rate=2).double().eval()
    x = images(2, 4, 5, 5)
    y = block(x)
    assert y.shape == (2, 4 + 3 * 2, 5, 5)
    assert torch.equal(y[:, :4], x)
    for i, layer in enumerate(block.children()):
        seen = 4 + 2 * i
        assert layer.norm1.num_features == seen
        assert_close(y[:, seen : seen + 2], layer(y[:, :seen]))


@pytest.mark.reference("Hu, Shen, Sun (2018), equations 2-4", of="dlcore.models.SqueezeExcitation")
def test_squeeze_and_excitation():
    gate = models.SqueezeExcitation(6, 2).double()
    x = images(3, 6, 4, 5)
    z = x.mean(dim=(2, 3))
    hidden = F.silu(z @ gate.fc1.weight[:, :, 0, 0].T + gate.fc1.bias)
    s = torch.sigmoid(hidden @ gate.fc2.weight[:, :, 0, 0].T + gate.fc2.bias)
    assert_close(gate(x), x * s[:, :, None, None])


@pytest.mark.reference("Sandler et al. (2018), figure 4", of="dlcore.models.MBConv")
def test_mbconv_adds_its_input_only_where_shapes_agree():
    x = images(2, 6, 8, 8)
    same = models.MBConv(6, 6).double()
    torch.nn.init.zeros_(norms(same)[-1].weight)
    assert_close(same(x), x)
    for block in (models.MBConv(6, 6, stride=2), models.MBConv(6, 8)):
        block = block.double()
        torch.nn.init.zeros_(norms(block)[-1].weight)
        assert not block(x).any()
    assert models.MBConv(6, 6, expand_ratio=1).block[0][0].groups == 6


def test_a_mobile_block_is_a_full_convolution_with_a_factored_kernel():
    """Without the layers between: kernel[o, c] = pointwise[o, c] * depthwise[c]."""
    block = models.MobileNetV1(blocks=((7, 2),)).double().blocks[0]
    depthwise, pointwise = (layer for layer in block if isinstance(layer, torch.nn.Conv2d))
    x = images(2, 32, 6, 6)
    kernel = pointwise.weight * depthwise.weight[:, 0][None]
    expected = F.conv2d(x, kernel, stride=2, padding=1)
    assert_close(pointwise(depthwise(x)), expected)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.LeNet5()(torch.zeros(1, 1, 32, 32)), "28 x 28 pixels, got 32 x 32"),
        (lambda: models.LeNet5()(torch.zeros(1, 3, 28, 28)), r"\(b, 1, h, w\)"),
        (lambda: models.LeNet5(activation="gelu"), "activation must be one of tanh"),
        (lambda: models.LeNet5(pooling="lp"), "pooling must be one of avg, max"),
        (lambda: models.LeNet5Original(torch.zeros(10, 80)), r"\(k, 84\), got \(10, 80\)"),
        (lambda: models.LeNet5Original()(torch.zeros(1, 1, 28, 28)), "32 x 32 pixels, got 28"),
        (lambda: models.vgg_block(3, 0, 1), "out_channels must be positive, got 0"),
        (lambda: models.BasicBlock(4, 4)(torch.zeros(1, 3, 8, 8)), r"\(b, 4, h, w\)"),
        (lambda: models.Bottleneck(4, 4, 0), "stride must be positive"),
        (lambda: models.InceptionModule(4, 0, 1, 1, 1, 1, 1), "ch1x1 must be positive"),
        (lambda: models.DenseBlock(0, 4, 4), "layers must be positive"),
        (lambda: models.SqueezeExcitation(4, 0), "squeezed must be positive"),
        (lambda: models.MBConv(4, 4, kernel_size=0), "kernel_size must be positive"),
    ],
)
def test_bad_blocks(call, message):
    with pytest.raises(ValueError, match=message):
        call()
