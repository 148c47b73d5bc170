"""Networks that predict noise: embeddings in closed form, shapes, what reaches the output."""

import math

import pytest
import torch

from dlcore.generative import DenoisingMLP, TinyUNet, timestep_embedding
from tests.parity import assert_close


@pytest.mark.reference("sines and cosines", of="dlcore.generative.timestep_embedding")
def test_embedding():
    found = timestep_embedding(torch.tensor([0.0, 3.0, 0.25]), 6, max_period=1000.0)
    for row, t in zip(found, (0.0, 3.0, 0.25), strict=True):
        angles = [t * 1000 ** (-i / 3) for i in range(3)]
        expected = [math.sin(a) for a in angles] + [math.cos(a) for a in angles]
        assert row.tolist() == pytest.approx(expected, abs=1e-6)


def networks():
    torch.manual_seed(0)
    unet = TinyUNet(2, width=4, depth=2, num_classes=3)
    torch.nn.init.normal_(unet.last.weight, std=0.1)
    return {
        (5,): DenoisingMLP(5, width=8, num_classes=3),
        (2, 8, 12): unet,
    }


@pytest.mark.reference("dependence by construction", of="dlcore.generative.DenoisingMLP")
@pytest.mark.reference("dependence by construction", of="dlcore.generative.TinyUNet")
def test_each_example_with_its_step_and_label():
    for shape, model in networks().items():
        x, t = torch.randn(4, *shape), torch.tensor([1, 20, 20, 20])
        labels = torch.tensor([0, 1, 2, -1])
        out = model(x, t, labels)
        assert out.shape == x.shape
        for i in range(4):
            alone = model(x[i : i + 1], t[i : i + 1], labels[i : i + 1])
            assert_close(alone[0], out[i], rtol=1e-4, atol=1e-5)
        assert not torch.allclose(model(x, t + 5, labels), out)
        same = model(x[:1].expand_as(x), t[:1].expand(4), labels)
        for i in range(3):
            assert not torch.allclose(same[i], same[i + 1])
        assert torch.equal(model(x, t), model(x, t, torch.full((4,), -1)))


def test_unet_begins_at_zero_and_sees_all_of_the_image():
    torch.manual_seed(0)
    model = TinyUNet(1, width=4, depth=1)
    x, t = torch.randn(1, 1, 4, 4, requires_grad=True), torch.tensor([3])
    assert not model(x, t).any()
    torch.nn.init.normal_(model.last.weight)
    model(x, t)[0, 0, 0, 0].backward()
    assert (x.grad != 0).all()


@pytest.mark.bad_input
def test_bad_input():
    t = torch.tensor([1, 2])
    with pytest.raises(ValueError, match="even dim"):
        timestep_embedding(t, 3)
    for sizes in ({"depth": 0}, {"width": 7}, {"num_classes": 0}):
        with pytest.raises(ValueError, match="an even width"):
            DenoisingMLP(2, **sizes)
    with pytest.raises(ValueError, match="at least 1"):
        TinyUNet(1, num_classes=0)
    model = DenoisingMLP(2, width=4, num_classes=3)
    with pytest.raises(ValueError, match=r"data \(b, 2\)"):
        model(torch.zeros(2, 3), t)
    with pytest.raises(ValueError, match="a step for each of 3"):
        model(torch.zeros(3, 2), t)
    with pytest.raises(ValueError, match="2 labels from -1 to 3"):
        model(torch.zeros(2, 2), t, torch.tensor([0, 3]))
    with pytest.raises(ValueError, match="need a network with num_classes"):
        DenoisingMLP(2, width=4)(torch.zeros(2, 2), t, t)
    with pytest.raises(ValueError, match="sides that 4 divides"):
        TinyUNet(1, width=4)(torch.zeros(2, 1, 8, 6), t)
