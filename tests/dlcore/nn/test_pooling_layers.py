"""Layers of pooling against torch's: values and print."""

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

CASES = [
    ("MaxPool2d", (2,), {}),
    ("MaxPool2d", (3, 2, 1), {"dilation": 2, "ceil_mode": True}),
    ("MaxPool2d", ((3, 2), 1), {"return_indices": True}),
    ("AvgPool2d", (2,), {}),
    ("AvgPool2d", (3, 2, 1), {"ceil_mode": True, "count_include_pad": False}),
    ("AvgPool2d", (3, 1), {"divisor_override": 5}),
    ("LPPool2d", (2.0, 3), {}),
    ("LPPool2d", (4.0, (3, 2), 2), {"ceil_mode": True}),
    ("AdaptiveAvgPool2d", ((3, None),), {}),
    ("AdaptiveAvgPool2d", (1,), {}),
    ("AdaptiveMaxPool2d", (3,), {}),
    ("AdaptiveMaxPool2d", ((2, 3),), {"return_indices": True}),
]


@pytest.mark.reference("torch.nn.MaxPool2d", of="dlcore.nn.MaxPool2d")
@pytest.mark.reference("torch.nn.AvgPool2d", of="dlcore.nn.AvgPool2d")
@pytest.mark.reference("torch.nn.LPPool2d", of="dlcore.nn.LPPool2d")
@pytest.mark.reference("torch.nn.AdaptiveAvgPool2d", of="dlcore.nn.AdaptiveAvgPool2d")
@pytest.mark.reference("torch.nn.AdaptiveMaxPool2d", of="dlcore.nn.AdaptiveMaxPool2d")
@pytest.mark.parametrize(("name", "sizes", "options"), CASES)
def test_as_in_torch(name, sizes, options, generator):
    ours = getattr(nn, name)(*sizes, **options)
    theirs = getattr(torch.nn, name)(*sizes, **options)
    assert repr(ours) == repr(theirs)
    assert ours.state_dict() == {}
    x = torch.randn(2, 3, 7, 8, generator=generator, dtype=torch.float64)
    for z in (x, x[0]):
        actual, expected = ours(z), theirs(z)
        if options.get("return_indices"):
            assert torch.equal(actual[1], expected[1])
            actual, expected = actual[0], expected[0]
        assert_close(actual, expected)
