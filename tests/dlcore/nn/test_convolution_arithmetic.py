"""Sizes and costs of convolutions against what torch's layers return and hold."""

import itertools

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from dlcore import nn

GRID = list(itertools.product((1, 2, 3, 5, 8), (1, 2, 3, 4), (0, 1, 2), (1, 2, 3)))


@pytest.mark.reference("torch.nn.Conv2d", of="dlcore.nn.conv_output_size")
@pytest.mark.parametrize("n", [1, 2, 7, 12, 31])
def test_sizes_are_those_of_torchs_layers(n):
    x = torch.empty(1, 1, n, n + 1, device="meta")
    checked = 0
    for k, s, p, d in GRID:
        layer = torch.nn.Conv2d(1, 1, k, s, p, d, device="meta")
        try:
            expected = tuple(layer(x).shape[2:])
        except RuntimeError:
            with pytest.raises(ValueError, match="does not fit"):
                nn.conv_output_size((n, n + 1), k, s, p, d)
            continue
        assert nn.conv_output_size((n, n + 1), k, s, p, d) == expected
        assert nn.conv_output_size(n, k, s, p, d) == expected[0]
        checked += 1
    assert checked > 40


@pytest.mark.parametrize("n", [5, 8, 13])
def test_rounded_up_sizes_are_those_of_torchs_poolings(n):
    x = torch.empty(1, 1, n, n)
    for k, s, p in itertools.product((1, 2, 3, 4), (1, 2, 3, 4, 5), (0, 1, 2)):
        if 2 * p <= k:
            expected = torch.nn.MaxPool2d(k, s, p, ceil_mode=True)(x).shape[2]
            assert nn.conv_output_size(n, k, s, p, ceil_mode=True) == expected


def test_the_worked_examples():
    stem = nn.conv_output_size(224, 7, stride=2, padding=3)
    assert stem == 112
    assert nn.conv_output_size(stem, 3, stride=2) == 55
    assert nn.conv_output_size(55, 3, padding=1) == 55
    assert nn.conv_output_size(stem, 3, stride=2, padding=1) == 56
    assert nn.conv_output_size(32, 3, stride=2, padding=1) == 16
    assert nn.conv_output_size(32, 3, stride=2) == 15
    assert nn.conv_output_size(32, 2, stride=2) == 16
    assert nn.conv_output_size(227, 11, stride=4) == 55
    assert nn.conv_output_size(32, 3, padding=2) == 34
    assert nn.conv_num_params(64, 128, 3) == 73_856
    assert nn.conv_num_params(64, 128, 3, bias=False) == 73_728
    assert nn.conv_num_params(3, 64, 3) == 1_792
    assert nn.conv_macs(64, 128, 3, 32) == 75_497_472


@pytest.mark.reference("torch.nn.Conv2d.parameters", of="dlcore.nn.conv_num_params")
@pytest.mark.reference("torch.utils.flop_counter.FlopCounterMode", of="dlcore.nn.conv_macs")
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("kernel", [(3, 3), (1, 5)])
def test_costs_are_those_of_torchs_layers(groups, kernel):
    layer = torch.nn.Conv2d(6, 12, kernel, stride=2, groups=groups, bias=False, device="meta")
    x = torch.empty(1, 6, 17, 19, device="meta")
    with FlopCounterMode(display=False) as counter:
        y = layer(x)
    macs = nn.conv_macs(6, 12, kernel, tuple(y.shape[2:]), groups)
    assert 2 * macs == counter.get_total_flops()
    weights = nn.conv_num_params(6, 12, kernel, groups, bias=False)
    assert weights == sum(p.numel() for p in layer.parameters())
    assert nn.conv_num_params(6, 12, kernel, groups) == weights + 12


def test_one_and_three_axes():
    for axes, layer in ((1, torch.nn.Conv1d), (3, torch.nn.Conv3d)):
        held = sum(p.numel() for p in layer(4, 6, 3).parameters())
        assert nn.conv_num_params(4, 6, (3,) * axes) == held
        assert nn.conv_macs(4, 6, (3,) * axes, 5) == (held - 6) * 5**axes


@pytest.mark.bad_input
def test_bad_input():
    for name, numbers in (
        ("stride", {"stride": 0}), ("padding", {"padding": -1}), ("dilation", {"dilation": 0}),
        ("kernel_size", {"kernel_size": 0}),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=f"{name} must be at least"):
            nn.conv_output_size(5, **{"kernel_size": 1, **numbers})
    with pytest.raises(ValueError, match="kernel of 3 with dilation 3 does not fit into 4 values"):
        nn.conv_output_size(4, 3, dilation=3)
    with pytest.raises(ValueError, match="stride needs one number or 2"):
        nn.conv_output_size((5, 5), 3, stride=(1, 1, 1))
    with pytest.raises(ValueError, match="4 groups must divide 6 input and 12 output"):
        nn.conv_num_params(6, 12, 3, groups=4)
    with pytest.raises(ValueError, match="at least 1, got 0, 12, 1"):
        nn.conv_macs(0, 12, 3, 5)
