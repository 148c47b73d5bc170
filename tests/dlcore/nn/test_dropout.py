"""Dropout and its relatives: torch's numbers from the same seed, moments, modes, whole channels."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close

N = 100_000


def seeded(f, *args, **kwargs):
    torch.manual_seed(3)
    return f(*args, **kwargs)


@pytest.mark.reference("torch.nn.functional.dropout", of="dlcore.nn.dropout")
@pytest.mark.parametrize("p", [0.0, 0.2, 0.7, 1.0])
def test_value_and_gradient_are_torchs_from_the_same_seed(p, generator):
    x = torch.randn(7, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    results = []
    for f in (nn.dropout, F.dropout):
        h = seeded(f, x, p)
        results.append([h, *torch.autograd.grad((h**2).sum(), x)])
    for actual, expected in zip(*results, strict=True):
        assert_close(actual, expected)


@pytest.mark.parametrize(("inverted", "mean", "variance"), [(True, 2, 1), (False, 1.6, 0.64)])
def test_moments_of_the_chapter(inverted, mean, variance, generator):
    h = nn.dropout(torch.full((N,), 2.0), 0.2, inverted=inverted, generator=generator)
    assert abs(h.mean() - mean) < 5 * math.sqrt(variance / N)
    assert_close(h.var(), torch.tensor(float(variance)), rtol=0.03)


def test_outside_training_one_of_the_two_scales():
    h = torch.tensor([2.0])
    assert nn.dropout(h, 0.2, training=False) is h
    assert_close(nn.dropout(h, 0.2, training=False, inverted=False), torch.tensor([1.6]), rtol=1e-6)


def test_each_example_has_its_own_mask(generator):
    h = nn.dropout(torch.ones(20, 50), 0.5, generator=generator)
    assert len(h.unique(dim=0)) == 20


def test_the_mask_is_shared_along_axes_of_size_one(generator):
    h = nn.dropout(torch.ones(7, 5, 3), 0.5, noise_shape=(7, 1, 3), generator=generator)
    assert (h == h[:, :1]).all()
    assert len(h.unique()) == 2


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_dtype_layout_and_empty_batch_stay(dtype):
    x = torch.ones(2, 3, 5, 7, dtype=dtype).to(memory_format=torch.channels_last)
    for layer in (nn.Dropout(), nn.Dropout2d(), nn.AlphaDropout(), nn.ConcreteDropout()):
        h = layer(x)
        assert h.dtype == dtype
        assert h.is_contiguous(memory_format=torch.channels_last)
        assert layer(x[:0]).shape == (0, 3, 5, 7)


@pytest.mark.reference("torch.nn.Dropout", of="dlcore.nn.Dropout")
@pytest.mark.reference("torch.nn.AlphaDropout", of="dlcore.nn.AlphaDropout")
@pytest.mark.parametrize("name", ["Dropout", "AlphaDropout"])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_layers_are_torchs_from_the_same_seed(name, p, generator):
    ours, theirs = getattr(nn, name)(p), getattr(torch.nn, name)(p)
    x = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    assert_close(seeded(ours, x), seeded(theirs, x))
    assert ours.eval()(x) is x
    assert ours.state_dict() == theirs.state_dict() == {}
    assert getattr(nn, name)().p == getattr(torch.nn, name)().p


@pytest.mark.reference("torch.nn.Dropout1d", of="dlcore.nn.Dropout1d")
@pytest.mark.reference("torch.nn.Dropout2d", of="dlcore.nn.Dropout2d")
@pytest.mark.reference("torch.nn.Dropout2d", of="dlcore.nn.SpatialDropout2d")
@pytest.mark.reference("torch.nn.Dropout3d", of="dlcore.nn.Dropout3d")
@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_channel_of_an_example_is_kept_or_dropped_as_a_whole(k, generator):
    ours, theirs = getattr(nn, f"Dropout{k}d")(0.3), getattr(torch.nn, f"Dropout{k}d")(0.3)
    x = torch.randn(7, 11, *[3] * k, generator=generator, dtype=torch.float64)
    h = seeded(ours, x)
    assert_close(h, seeded(theirs, x))
    dropped = (h == 0).flatten(2)
    assert (dropped.all(2) == dropped.any(2)).all()
    assert len(dropped[..., 0].unique(dim=0)) == 7
    assert ours.eval()(x) is x


@pytest.mark.reference("torch.nn.functional.dropout", of="dlcore.nn.VariationalDropout")
@pytest.mark.parametrize(("batch_first", "time"), [(False, 0), (True, 1)])
def test_all_time_steps_share_a_mask(batch_first, time, generator):
    layer = nn.VariationalDropout(0.4, batch_first)
    x = torch.randn(7, 7, 5, generator=generator)
    mask = seeded(F.dropout, torch.ones(7, 5), 0.4).unsqueeze(time)
    assert_close(seeded(layer, x), x * mask)
    assert layer.eval()(x) is x


@pytest.mark.reference("torch.nn.functional.linear", of="dlcore.nn.DropConnectLinear")
def test_drop_connect_masks_the_weights_of_every_example(generator):
    layer = nn.DropConnectLinear(5, 3, p=0.2, dtype=torch.float64)
    x = torch.randn(5, generator=generator, dtype=torch.float64)
    Z = seeded(layer, x.expand(20_000, 5))
    assert len(Z.unique(dim=0)) > 1000
    mean = F.linear(x, layer.weight, layer.bias)
    variance = 0.2 / 0.8 * (layer.weight**2 @ x**2)
    assert_close(Z.var(dim=0), variance, rtol=0.1)
    assert ((Z.mean(dim=0) - mean).abs() < 5 * (variance / 20_000).sqrt()).all()
    assert_close(layer.eval()(x), mean)


def test_drop_connect_loads_linear_and_has_any_batch():
    layer = nn.DropConnectLinear(5, 3)
    layer.load_state_dict(torch.nn.Linear(5, 3).state_dict())
    assert layer(torch.ones(5)).shape == (3,)
    assert layer(torch.ones(2, 7, 5)).shape == (2, 7, 3)
    assert layer(torch.ones(0, 5)).shape == (0, 3)
    layer(torch.ones(2, 5)).sum().backward()
    assert layer.weight.grad.shape == (3, 5)


@pytest.mark.reference("torch.nn.functional.alpha_dropout", of="dlcore.nn.alpha_dropout")
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_alpha_dropout_is_torchs_and_keeps_the_moments(p, generator):
    x = torch.randn(N, generator=generator, dtype=torch.float64)
    assert_close(seeded(nn.alpha_dropout, x, p, True), seeded(F.alpha_dropout, x, p, True))
    assert nn.alpha_dropout(x, p) is x
    if p < 1:
        h = nn.alpha_dropout(x, p, True, generator=generator)
        assert abs(h.mean()) < 0.02
        assert abs(h.var() - 1) < 0.03


@pytest.mark.reference("torch.distributions.RelaxedBernoulli", of="dlcore.nn.ConcreteDropout")
def test_concrete_masks_have_the_moments_of_the_relaxed_coin():
    layer = nn.ConcreteDropout(0.3, temperature=0.2).double()
    mask = seeded(layer, torch.ones(N, dtype=torch.float64)) * 0.7
    coin = torch.distributions.RelaxedBernoulli(torch.tensor(0.2), torch.tensor(0.7))
    reference = seeded(coin.sample, (N,)).double()
    assert abs(mask.mean() - reference.mean()) < 0.01
    assert abs(mask.var() - reference.var()) < 0.01
    assert abs((mask > 0.5).double().mean() - 0.7) < 5 * math.sqrt(0.21 / N)
    x = torch.ones(3)
    assert layer.eval()(x) is x


def test_the_gradient_of_the_concrete_probability_by_finite_differences():
    def mean(p_logit):
        layer = nn.ConcreteDropout(0.3).double()
        del layer.p_logit
        layer.p_logit = p_logit
        return seeded(layer, torch.linspace(1, 2, 50, dtype=torch.float64)).mean()

    p_logit = torch.tensor(-0.5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(mean, p_logit)


def test_the_penalty_of_concrete_dropout_is_least_where_the_closed_form_says():
    layer = nn.ConcreteDropout(0.5).double()
    W = torch.full((2, 3), 2.0, dtype=torch.float64)
    expected = 0.1 * 24 / 0.5 - 0.2 * 3 * math.log(2)
    assert_close(layer.penalty(W, 0.1, 0.2), expected)
    without_weights = layer.penalty(0 * W, 0.1, 0.2)
    assert_close(torch.autograd.grad(without_weights, layer.p_logit)[0], 0.0, atol=1e-12)


@pytest.mark.bad_input
def test_bad_input():
    for make in (nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.VariationalDropout):
        for p in (-0.1, 1.5, math.nan):
            with pytest.raises(ValueError, match="p must lie between 0 and 1, got"):
                make(p)
    with pytest.raises(ValueError, match=r"p must lie between 0 and 1, got 2"):
        nn.dropout(torch.ones(3), 2)
    with pytest.raises(ValueError, match=r"got 2"):
        nn.alpha_dropout(torch.ones(3), 2)
    with pytest.raises(ValueError, match=r"got 2"):
        nn.DropConnectLinear(3, 2, p=2)
    for shape in [(3,), (2, 2)]:
        with pytest.raises(ValueError, match=r"sizes of the input \(2, 3\) or 1"):
            nn.dropout(torch.ones(2, 3), noise_shape=shape)
    with pytest.raises(ValueError, match=r"expected 4 dimensions \(n, c, ...\), got \(2, 3, 5\)"):
        nn.Dropout2d()(torch.ones(2, 3, 5))
    with pytest.raises(ValueError, match=r"sequences with 3 dimensions, got \(2, 3\)"):
        nn.VariationalDropout()(torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"expected inputs of shape \(..., 3\), got \(2, 5\)"):
        nn.DropConnectLinear(3, 2)(torch.ones(2, 5))
    with pytest.raises(ValueError, match="strictly between 0 and 1, got 0"):
        nn.ConcreteDropout(0)
    with pytest.raises(ValueError, match="temperature must be positive, got 0"):
        nn.ConcreteDropout(0.1, 0)
