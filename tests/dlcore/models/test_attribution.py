"""Maps of attention to the input: against closed forms on networks whose answer is known."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore import models
from tests.parity import assert_close


@pytest.fixture
def X(generator):
    return torch.randn(3, 2, 6, 5, generator=generator, dtype=torch.float64)


@pytest.fixture
def linear():
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(60, 4)).double()


class MeanOfMaps(nn.Module):
    """Convolution, ReLU, the mean of each map, a linear layer."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(2, 7, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.fc = nn.Linear(7, 4)

    def forward(self, x):
        return self.fc(self.relu(self.conv(x)).mean((2, 3)))


@pytest.mark.reference("the forward pass by hand", of="dlcore.models.capture_activations")
def test_activations_are_those_of_the_forward_pass(X):
    model = MeanOfMaps().double()
    seen = models.capture_activations(model, X)
    assert list(seen) == ["conv", "relu", "fc"]
    conv = F.conv2d(X, model.conv.weight, model.conv.bias, padding=1)
    assert torch.equal(seen["conv"], conv)  # though the ReLU works in place
    assert torch.equal(seen["relu"], conv.relu())
    assert torch.equal(seen["fc"], model(X))
    assert not seen["fc"].requires_grad
    assert list(models.capture_activations(model, X, ["relu"])) == ["relu"]
    assert not model.conv._forward_hooks


def test_a_model_in_training_is_looked_at_in_evaluation_mode(X):
    model = nn.Sequential(nn.BatchNorm2d(2), nn.Dropout(0.9), nn.Flatten(), nn.Linear(60, 4))
    model = model.double().train()
    expected = model.eval()(X)
    model.train()
    seen = models.capture_activations(model, X)
    assert_close(seen["3"], expected)
    models.saliency(model, X)
    assert model.training
    assert model[0].training
    assert model[0].num_batches_tracked == 0


@pytest.mark.reference("weights of a linear model", of="dlcore.models.saliency")
def test_the_saliency_of_a_linear_model_is_its_weights(linear, X):
    weight = linear[1].weight.reshape(4, 2, 6, 5)
    classes = torch.tensor([2, 0, 3])
    assert_close(models.saliency(linear, X, classes), weight[classes].abs())
    assert_close(models.saliency(linear, X, 1), weight[[1, 1, 1]].abs())
    predicted = linear(X).argmax(1)
    assert_close(models.saliency(linear, X), weight[predicted].abs())


def test_saliency_by_finite_differences(X):
    model = MeanOfMaps().double()
    S = models.saliency(model, X, 2)
    step = torch.zeros_like(X)
    step[1, 1, 3, 2] = 1e-6
    change = (model(X + step) - model(X - step))[1, 2] / 2e-6
    assert S[1, 1, 3, 2].item() == pytest.approx(abs(change.item()), rel=1e-5)


@pytest.mark.reference("sums of a linear model", of="dlcore.models.occlusion_map")
@pytest.mark.parametrize(("size", "stride", "fill"), [(2, 1, 0.0), (3, 2, 0.5), (5, 1, 0.0)])
def test_the_occlusion_of_a_linear_model_is_a_sum_over_the_patch(linear, X, size, stride, fill):
    falls = models.occlusion_map(linear, X, 3, size=size, stride=stride, fill=fill)
    lost = linear[1].weight[3].reshape(2, 6, 5) * (X - fill)
    expected = F.avg_pool2d(lost.sum(1, keepdim=True), size, stride, divisor_override=1)
    assert_close(falls, expected.squeeze(1))


def test_a_detector_of_a_template_is_blind_without_it():
    """A pattern planted in noise: the score falls most where the patch covers the pattern."""
    template = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    conv = nn.Conv2d(1, 1, 2, bias=False)
    conv.weight.data[0, 0] = template
    model = nn.Sequential(conv, nn.AdaptiveMaxPool2d(1), nn.Flatten())
    image = 0.1 * torch.rand(1, 1, 9, 9, generator=torch.Generator().manual_seed(0))
    image[0, 0, 5:7, 2:4] += template
    falls = models.occlusion_map(model, image, size=2)[0]
    assert divmod(int(falls.argmax()), 8) == (5, 2)
    seen = models.capture_activations(model, image)["0"]
    assert divmod(int(seen.flatten().argmax()), 8) == (5, 2)


@pytest.mark.reference("closed form w / (2 l2 / n)", of="dlcore.models.activation_maximization")
def test_the_penalized_maximum_of_a_linear_unit(linear, generator):
    """w x - l2 |x|^2 / n is largest at x = n w / (2 l2)."""
    options = {"l2": 60.0, "steps": 800, "lr": 0.02, "generator": generator}
    x = models.activation_maximization(linear, 2, (2, 6, 5), **options)
    expected = 60 * linear[1].weight[2].reshape(2, 6, 5) / (2 * 60.0)
    assert_close(x, expected, rtol=1e-2, atol=1e-3)


def test_a_unit_may_be_a_function_and_smoothness_flattens(generator):
    model = MeanOfMaps().double()

    def roughness(x):
        return x.diff(dim=-1).square().mean().item()

    def unit(output):
        return output[0, 1] - output[0, 0]

    options = {"shape": (2, 8, 8), "steps": 60, "l2": 0.1}
    rough, smooth = (
        models.activation_maximization(
            model, unit, smoothness=s, generator=torch.Generator().manual_seed(0), **options
        )
        for s in (0.0, 10.0)
    )
    assert unit(model(rough[None])) > unit(model(torch.zeros(1, 2, 8, 8).double())) + 0.1
    assert roughness(smooth) < roughness(rough) / 2
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.reference("class activation map (Zhou et al. 2016)", of="dlcore.models.grad_cam")
@pytest.mark.parametrize("frozen", [False, True])
def test_grad_cam_of_a_mean_of_maps_is_the_class_activation_map(X, frozen):
    model = MeanOfMaps().double().requires_grad_(not frozen)
    classes = torch.tensor([2, 0, 3])
    maps = F.conv2d(X, model.conv.weight, model.conv.bias, padding=1).relu()
    for layer in ("relu", "conv"):
        heat = models.grad_cam(model, layer, X, classes, upsample=False)
        if layer == "relu":
            weights = model.fc.weight[classes] / 30
            expected = torch.einsum("nd,ndij->nij", weights, maps).relu()
            assert_close(heat, expected)
        assert (heat >= 0).all()
    assert not model.relu._forward_hooks


def test_grad_cam_averages_gradients_and_is_brought_to_the_images_size(generator):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, 2, 1), nn.Sigmoid(), nn.Flatten(), nn.Linear(4 * 4 * 3, 5)
    ).double()
    X = torch.randn(2, 2, 8, 6, generator=generator, dtype=torch.float64)
    maps = model[:2](X).detach().requires_grad_()
    chosen = model[2:](maps).max(dim=1).values.sum()
    (gradient,) = torch.autograd.grad(chosen, maps)
    heat = (gradient.mean((2, 3), keepdim=True) * maps).sum(1).relu().detach()
    assert_close(models.grad_cam(model, "1", X, upsample=False), heat)
    larger = F.interpolate(heat[:, None], (8, 6), mode="bilinear").squeeze(1)
    assert_close(models.grad_cam(model, "1", X), larger)


@pytest.mark.bad_input
def test_bad_questions(X):
    model = MeanOfMaps().double()
    for call, message in [
        (lambda: models.capture_activations(model, X, ["pool"]), "no layer 'pool'; it has conv"),
        (lambda: models.saliency(model, X, 4), "classes must lie between 0 and 3"),
        (lambda: models.saliency(model, X, torch.tensor([1])), "3 classes are needed"),
        (lambda: models.saliency(model.conv, X), r"scores \(b, k\), got \(3, 7, 6, 5\)"),
        (lambda: models.occlusion_map(model, X, size=6), "at least 6 x 6 pixels"),
        (lambda: models.occlusion_map(model, X, stride=0), "stride must be positive"),
        (lambda: models.activation_maximization(model, 4, (2, 6, 5)), "between 0 and 3, got 4"),
        (
            lambda: models.activation_maximization(model, 1, (2, 6, 5), l2=-1.0),
            "penalties must not be negative",
        ),
        (lambda: models.grad_cam(model, "fc", X), r"layer 'fc' gives no maps, but \(3, 4\)"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
    assert not any(layer._forward_hooks for layer in model.modules())
