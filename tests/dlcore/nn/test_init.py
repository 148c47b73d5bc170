"""Initialization: torch's numbers from the same seed, and the distributions themselves."""

import math

import pytest
import scipy.stats
import torch

from dlcore import nn
from tests.parity import assert_close

SCHEMES = ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"]
FALSE_ALARM = 1e-6


@pytest.mark.reference("torch.nn.init.xavier_uniform_", of="dlcore.nn.xavier_uniform_")
@pytest.mark.reference("torch.nn.init.xavier_normal_", of="dlcore.nn.xavier_normal_")
@pytest.mark.reference("torch.nn.init.kaiming_uniform_", of="dlcore.nn.kaiming_uniform_")
@pytest.mark.reference("torch.nn.init.kaiming_normal_", of="dlcore.nn.kaiming_normal_")
@pytest.mark.parametrize("shape", [(7, 5), (5, 7), (7, 5, 3, 2)])
@pytest.mark.parametrize("name", SCHEMES)
def test_the_same_numbers_as_torch_from_the_same_seed(name, shape):
    options = [{}, {"gain": 1.7}]
    if name.startswith("kaiming"):
        options = [
            {"a": a, "mode": mode, "nonlinearity": f}
            for a in (0, 0.2, 1.5)
            for mode in ("fan_in", "fan_out")
            for f in ("leaky_relu", "relu", "tanh", "linear")
        ]
    for keywords in options:
        ours, theirs = torch.empty(shape), torch.empty(shape)
        returned = getattr(nn, name)(ours, **keywords, generator=torch.Generator().manual_seed(3))
        getattr(torch.nn.init, name)(theirs, **keywords, generator=torch.Generator().manual_seed(3))
        assert returned is ours
        assert_close(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "std"),
    [
        ("xavier_uniform_", 0.043853),
        ("xavier_normal_", 0.043853),
        ("kaiming_uniform_", 0.050508),
        ("kaiming_normal_", 0.050508),
    ],
)
def test_the_distribution_for_784_inputs_and_256_units(name, std, generator):
    """Kolmogorov-Smirnov against the stated distribution; false alarms one in a million."""
    W = getattr(nn, name)(torch.empty(256, 784, dtype=torch.float64), generator=generator)
    a = math.sqrt(3) * std
    law = (
        scipy.stats.norm(scale=std)
        if "normal" in name
        else scipy.stats.uniform(loc=-a, scale=2 * a)
    )
    assert scipy.stats.kstest(W.flatten().numpy(), law.cdf).pvalue > FALSE_ALARM
    fourth = 3 if "normal" in name else 9 / 5  # the law's kurtosis gives the variance of s^2
    standard_error = std**2 * math.sqrt((fourth - 1) / W.numel())
    assert abs((W**2).mean().item() - std**2) < 5 * standard_error  # false alarms below 1e-6
    if "uniform" in name:
        assert W.abs().max() <= a * (1 + 1e-5)


def test_bounds_of_the_chapter():
    for name, a in (("xavier_uniform_", 0.075955), ("kaiming_uniform_", 0.087482)):
        W = getattr(nn, name)(torch.empty(256, 784))
        assert W.abs().max().item() == pytest.approx(a, rel=1e-3)


@pytest.mark.reference("torch.nn.init.calculate_gain", of="dlcore.nn.calculate_gain")
def test_gains():
    for name in ("linear", "sigmoid", "tanh", "relu", "selu", "leaky_relu"):
        assert nn.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
    for a in (0, 0.2, 0.5, 1, 3.0):
        assert nn.calculate_gain("leaky_relu", a) == pytest.approx(
            torch.nn.init.calculate_gain("leaky_relu", a)
        )
    numerators = [nn.calculate_gain("leaky_relu", a) ** 2 for a in (0, 0.2, 0.5)]
    assert numerators == pytest.approx([2, 1.923, 1.6], abs=5e-4)
    assert nn.calculate_gain("identity") == 1


@pytest.mark.reference(
    "torch.nn.init._calculate_fan_in_and_fan_out", of="dlcore.nn.calculate_fan_in_fan_out"
)
@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3), (7, 5, 3, 2), (7, 0)])
def test_fans(shape):
    W = torch.empty(shape)
    assert nn.calculate_fan_in_fan_out(W) == torch.nn.init._calculate_fan_in_and_fan_out(W)


def test_xavier_is_the_harmonic_mean_of_what_forward_and_backward_ask_for():
    n_in, n_out = 784, 100
    variance = 2 / (n_in + n_out)
    harmonic = scipy.stats.hmean([1 / n_in, 1 / n_out])
    assert variance == pytest.approx(harmonic)
    assert [n_in * variance, n_out * variance] == pytest.approx([1.774, 0.226], abs=5e-4)
    assert 2 / (300 + 100) == 0.005


@pytest.mark.parametrize("scheme", sorted(nn.INITIALIZERS))
@pytest.mark.reference("torch.nn.init", of="dlcore.nn.initialize_")
def test_initialize_sets_weights_by_the_scheme_and_biases_to_0(scheme):
    references = {
        "zeros": lambda W, generator: torch.nn.init.zeros_(W),
        "constant": lambda W, generator: torch.nn.init.constant_(W, 0.5),
        "small_normal": lambda W, generator: torch.nn.init.normal_(W, 0, 0.01, generator),
        "unit_normal": lambda W, generator: torch.nn.init.normal_(W, 0, 1, generator),
    }
    reference = references.get(scheme, getattr(torch.nn.init, f"{scheme}_", None))
    model = torch.nn.Sequential(
        torch.nn.Linear(5, 7), torch.nn.LayerNorm(7), torch.nn.Sequential(torch.nn.Linear(7, 3))
    )
    torch.nn.init.ones_(model[1].bias)
    assert nn.initialize_(model, scheme, torch.Generator().manual_seed(2)) is model
    generator = torch.Generator().manual_seed(2)
    for layer in (model[0], model[2][0]):
        expected = reference(torch.empty_like(layer.weight), generator=generator)
        assert_close(layer.weight, expected, rtol=1e-6)
        assert not layer.bias.any()
    assert (model[1].weight == 1).all()
    assert not model[1].bias.any()


def test_initialize_takes_a_function():
    model = nn.initialize_(nn.MLP([3, 5]), lambda W, generator: torch.nn.init.eye_(W))
    assert torch.equal(model[0].weight, torch.eye(5, 3))


@pytest.mark.parametrize("scheme", ["zeros", "constant"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_units_that_start_alike_stay_alike(scheme, activation, generator):
    """Zeros: no gradient but the output bias's; a constant: the same one for all hidden units."""
    model = nn.initialize_(nn.MLP([5, 7, 3], activation), scheme)
    X, y = torch.randn(11, 5, generator=generator), torch.arange(11) % 3
    nn.cross_entropy(model(X), y).backward()
    first, last = model[0].weight.grad, model[2].weight.grad
    if scheme == "zeros":
        assert not first.any()
        assert not last.any()
        assert model[2].bias.grad.any()
    else:
        assert_close(first, first[:1].expand(7, 5), rtol=1e-4, atol=1e-6)
        assert_close(last, last[:, :1].expand(3, 7), rtol=1e-4, atol=1e-6)


def test_zero_weights_with_a_sigmoid_move_the_output_weights_too(generator):
    model = nn.initialize_(nn.MLP([5, 7, 3], "sigmoid"), "zeros")
    X, y = torch.randn(11, 5, generator=generator), torch.arange(11) % 3
    nn.cross_entropy(model(X), y).backward()
    assert not model[0].weight.grad.any()
    assert model[2].weight.grad.any()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.calculate_gain("gelu"), "no gain is known for 'gelu': choose from linear, ide"),
        (lambda: nn.xavier_normal_(torch.empty(5)), r"two dimensions, got shape \(5,\)"),
        (lambda: nn.kaiming_normal_(torch.empty(7, 5), mode="fan"), "'fan_out', got 'fan'"),
        (lambda: nn.kaiming_normal_(torch.empty(7, 0)), r"fan_in is 0: .* \(7, 0\)"),
        (
            lambda: nn.kaiming_uniform_(torch.empty(7, 5), nonlinearity="swish"),
            "no gain is known for 'swish'",
        ),
        (lambda: nn.initialize_(nn.MLP([2, 3]), "he"), "unknown scheme 'he': choose from zeros"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
