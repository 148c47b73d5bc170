"""Parameters and multiply-accumulates of whole networks against torch's own counter."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from dlcore import nn


def small(lib):
    return torch.nn.Sequential(
        lib.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
        lib.BatchNorm2d(8),
        lib.ReLU(),
        lib.Conv2d(8, 8, 3, padding=1, groups=4),
        lib.MaxPool2d(2),
        lib.ConvTranspose2d(8, 6, 3, stride=2, groups=2),
        torch.nn.Flatten(),
        lib.Linear(6 * 9 * 7, 10),
    )


@pytest.mark.reference("torch.utils.flop_counter.FlopCounterMode", of="dlcore.nn.count_macs")
@pytest.mark.parametrize("lib", [nn, torch.nn], ids=["ours", "torch's"])
def test_as_torch_counts(lib):
    model, peer = small(lib), small(torch.nn).to("meta").eval()
    with FlopCounterMode(display=False) as counter:
        peer(torch.empty(1, 3, 16, 12, device="meta"))
    assert 2 * nn.count_macs(model, (3, 16, 12)) == counter.get_total_flops()


@pytest.mark.reference("torch.nn.Module.parameters", of="dlcore.nn.summarize_layers")
@pytest.mark.reference("torch.nn.Module.named_modules", of="dlcore.nn.LayerSummary")
@pytest.mark.parametrize("lib", [nn, torch.nn], ids=["ours", "torch's"])
def test_every_layer_with_its_size_and_parameters(lib):
    model = small(lib)
    layers = nn.summarize_layers(model, (3, 16, 12))
    assert [layer.name for layer in layers] == [n for n, _ in model.named_modules() if n]
    assert [layer.kind for layer in layers] == [type(m).__name__ for m in model]
    held = [sum(p.numel() for p in m.parameters()) for m in model]
    assert [layer.parameters for layer in layers] == held
    x = torch.zeros(2, 3, 16, 12)
    for layer, module in zip(layers, model, strict=True):
        x = module(x)
        assert layer.output_size == tuple(x.shape[1:])


def test_the_network_stays_as_it_is():
    model = small(nn).train()
    model[2].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    nn.summarize_layers(model, (3, 16, 12))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert [m.training for m in model] == [True, True, False, True, True, True, True, True]
    assert not any(m._forward_hooks for m in model.modules())
    assert all(p.device.type == "cpu" and p.requires_grad for p in model.parameters())


def test_a_layer_called_twice_costs_twice_and_holds_once():
    layer = nn.Conv2d(4, 4, 3, padding=1)
    layers = nn.summarize_layers(torch.nn.Sequential(layer, nn.ReLU(), layer), (4, 5, 5))
    assert [each.parameters for each in layers] == [148, 0, 0]
    assert [each.macs for each in layers] == [3600, 0, 3600]


def test_published_counts_at_full_size_and_how_large_the_tensors_would_be():
    layers, channels = [], 3
    for widths in ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3):
        for width in widths:
            layers += [nn.Conv2d(channels, width, 3, padding=1, device="meta"), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    layers.append(torch.nn.Flatten())
    for d_in, d_out in ((25_088, 4096), (4096, 4096), (4096, 1000)):
        layers.append(nn.Linear(d_in, d_out, device="meta"))
    vgg16 = torch.nn.Sequential(*layers)
    summary = nn.summarize_layers(vgg16, (3, 224, 224))
    assert sum(layer.parameters for layer in summary) == 138_357_544
    assert round(sum(layer.macs for layer in summary) / 1e9, 2) == 15.47
    assert round(sum(s.macs for s in summary if s.kind == "Linear") / 1e9, 3) == 0.124
    assert summary[-5].output_size == (512, 7, 7)
    assert nn.receptive_field(vgg16[:31]).size == 212


@pytest.mark.bad_input
def test_bad_input():
    model = small(nn)
    with pytest.raises(ValueError, match=r"at least 1, got \(3, 0, 12\)"):
        nn.count_macs(model, (3, 0, 12))
    with pytest.raises(ValueError, match="with 3 channels"):
        nn.count_macs(model, (4, 16, 12))
    assert not any(m._forward_hooks for m in model.modules())
    assert all(m.training for m in model)
