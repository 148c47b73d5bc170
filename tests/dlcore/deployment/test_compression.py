"""Smaller networks beside torch's own pruning, and beside the exact numbers of eight bits."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn.utils import prune

import dlcore.nn
from dlcore.data import load_digits
from dlcore.deployment import (
    QuantizedLayer,
    apply_masks,
    magnitude_mask,
    magnitude_prune,
    quantize_layers,
    sparsity,
    state_bytes,
)
from dlcore.training import fit


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 64, 10)
    )


@pytest.mark.reference("numpy.rint", of="dlcore.deployment.QuantizedLayer")
@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Linear(7, 5), (3, 7)),
        (nn.Linear(7, 5, bias=False), (3, 7)),
        (nn.Conv2d(2, 6, 3, stride=2, groups=2, padding_mode="reflect", padding=1), (3, 2, 5, 7)),
        (nn.Conv1d(2, 3, 3), (3, 2, 11)),
        (dlcore.nn.Linear(7, 5), (3, 7)),
        (dlcore.nn.Conv2d(2, 3, 3), (3, 2, 5, 7)),
    ],
)
def test_a_layer_with_rounded_weights(layer, shape, generator):
    nn.init.uniform_(layer.weight, -2, 3, generator=generator)
    small, x = QuantizedLayer(layer), torch.randn(shape, generator=generator)
    weight = layer.weight.detach().numpy()
    scale = abs(weight).max(axis=tuple(range(1, weight.ndim)), keepdims=True) / np.float32(127)
    rounded = np.rint(weight / scale)
    assert np.array_equal(small.q.numpy(), rounded)
    layer.weight.data = torch.from_numpy(rounded * scale)
    torch.testing.assert_close(small.weight, layer.weight.data)
    torch.testing.assert_close(small(x), layer(x))


@pytest.mark.reference("bytes counted by hand", of="dlcore.deployment.state_bytes")
@pytest.mark.reference("torch.nn.Module.state_dict", of="dlcore.deployment.quantize_layers")
def test_a_network_takes_a_quarter_of_the_memory(tmp_path):
    model = network()
    small = quantize_layers(model)
    weights, biases, outputs = 4 * 9 + 10 * 256, 14, 14
    assert state_bytes(model) == 4 * (weights + biases)
    assert state_bytes(small) == weights + 4 * outputs + 4 * biases
    assert isinstance(model[0], nn.Conv2d)
    assert [type(layer).__name__ for layer in small][::3] == 2 * ["QuantizedLayer"]
    again = quantize_layers(network())
    again.load_state_dict(small.state_dict())
    x = torch.randn(2, 1, 8, 8)
    assert torch.equal(again(x), small(x))
    assert isinstance(quantize_layers(nn.Linear(2, 2)), QuantizedLayer)


def test_shared_memory_counts_once_and_attention_stays():
    layer = nn.Linear(3, 3, bias=False)
    assert state_bytes(nn.Sequential(layer, layer, nn.BatchNorm1d(3))) == 4 * (9 + 12) + 8
    attention = quantize_layers(nn.MultiheadAttention(4, 2))
    x = torch.randn(3, 1, 4)
    assert attention(x, x, x)[0].shape == x.shape


def test_the_digits_are_still_read():
    X, y = load_digits().train
    flat = X.flatten(1)
    reader = LogisticRegression(max_iter=200).fit(flat, y)
    layer = nn.Linear(64, 10)
    layer.weight.data = torch.tensor(reader.coef_, dtype=torch.float32)
    layer.bias.data = torch.tensor(reader.intercept_, dtype=torch.float32)
    same = layer(flat).argmax(1) == quantize_layers(layer)(flat).argmax(1)
    assert same.float().mean() > 0.99


@pytest.mark.reference(
    "torch.nn.utils.prune.l1_unstructured", of="dlcore.deployment.magnitude_mask"
)
@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.5, 1.0])
def test_masks_as_torch_makes_them(fraction, generator):
    layer = nn.Linear(7, 11)
    layer.weight.data = torch.randn(11, 7, generator=generator)
    mask = magnitude_mask(layer.weight, fraction)
    prune.l1_unstructured(layer, "weight", amount=fraction)
    assert torch.equal(mask, layer.weight_mask.bool())


def test_equal_weights_are_left_out_from_the_front():
    assert magnitude_mask(torch.ones(2, 3), 0.5).tolist() == [3 * [False], 3 * [True]]


@pytest.mark.reference("prune.global_unstructured", of="dlcore.deployment.magnitude_prune")
@pytest.mark.reference("torch.count_nonzero", of="dlcore.deployment.sparsity")
@pytest.mark.parametrize("scope", ["global", "layer"])
def test_networks_as_torch_prunes_them(scope):
    model, theirs = network(), network()
    masks = magnitude_prune(model, 0.7, scope=scope)
    layers = [(theirs[0], "weight"), (theirs[3], "weight")]
    if scope == "global":
        prune.global_unstructured(layers, prune.L1Unstructured, amount=0.7)
    else:
        for layer, name in layers:
            prune.l1_unstructured(layer, name, amount=0.7)
    assert list(masks) == ["0.weight", "3.weight"]
    kept = 0
    for i in (0, 3):
        assert torch.equal(model[i].weight, theirs[i].weight)
        assert torch.equal(masks[f"{i}.weight"], theirs[i].weight_mask.bool())
        assert torch.equal(model[i].bias, theirs[i].bias)
        kept += torch.count_nonzero(theirs[i].weight).item()
    assert sparsity(model) == pytest.approx(1 - kept / (36 + 2560))


@pytest.mark.reference("torch.mul", of="dlcore.deployment.apply_masks")
def test_what_was_left_out_stays_so_in_fine_tuning():
    model = nn.Linear(2, 2)
    masks = magnitude_prune(model, 0.5)
    kept = model.weight.detach().clone()
    X = torch.randn(8, 2)
    fit(
        model,
        X,
        X,
        loss=nn.functional.mse_loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=0.1),
        epochs=2,
        batch_size=4,
        on_epoch_end=lambda epoch, model, history: apply_masks(model, masks),
    )
    assert torch.equal(model.weight != 0, masks["weight"])
    assert not torch.equal(model.weight, kept)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(TypeError, match=r"only linear and convolutional layers .* got ReLU"):
        QuantizedLayer(nn.ReLU())
    with pytest.raises(ValueError, match="fraction must be in 0 to 1, got 50"):
        magnitude_prune(nn.Linear(2, 2), 50)
    with pytest.raises(ValueError, match="scope must be 'global' or 'layer', got 'row'"):
        magnitude_prune(nn.Linear(2, 2), 0.5, scope="row")
    for call in (lambda m: magnitude_prune(m, 0.5), sparsity):
        with pytest.raises(ValueError, match="no parameter has two dimensions"):
            call(nn.BatchNorm1d(2))
