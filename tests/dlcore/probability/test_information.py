"""Entropies and divergences against scipy.stats, scipy.special, scikit-learn, torch."""

import math

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.special
import scipy.stats
import sklearn.metrics
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.probability import (
    MultivariateNormal,
    Normal,
    categorical_cross_entropy,
    conditional_entropy,
    conditional_mutual_information,
    differential_entropy,
    entropy,
    entropy_from_counts,
    gaussian_kl,
    js_divergence,
    kl_divergence,
    mutual_information,
    self_information,
)
from tests.dlcore.probability.samples import f64
from tests.parity import assert_close, assert_parity

BASES = [None, 2, 10]
WEATHER = f64([[0.3, 0.2], [0.1, 0.4]])


def rows(*shape, seed=0, zeros=False):
    p = torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    if zeros:
        p[..., 1] = 0
    return p / p.sum(-1, keepdim=True)


@pytest.mark.reference("scipy.special.entr", of="dlcore.probability.self_information")
@pytest.mark.parametrize("base", BASES)
def test_self_information(base):
    p = f64([1.0, 0.5, 0.1, 1e-300])
    expected = scipy.special.entr(p.numpy()) / p.numpy() / math.log(base or math.e)
    assert_close(self_information(p, base), expected)
    assert self_information(torch.tensor([0.0])).tolist() == [math.inf]


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.probability.entropy")
@pytest.mark.reference("scipy.stats.entropy", of="dlcore.probability.kl_divergence")
@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("dim", [-1, 0])
def test_entropy_and_kl(base, zeros, dim):
    p, q = rows(3, 7, zeros=zeros), rows(3, 7, seed=1)
    p, q = (p, q) if dim else (p.T, q.T)
    assert_close(entropy(p, dim, base), scipy.stats.entropy(p, base=base, axis=dim))
    assert_close(kl_divergence(p, q, dim, base), scipy.stats.entropy(p, q, base=base, axis=dim))


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy", of="dlcore.probability.categorical_cross_entropy"
)
def test_cross_entropy():
    p, q = rows(3, 7, zeros=True), rows(3, 7, seed=1)
    expected = torch.nn.functional.cross_entropy(q.log(), p, reduction="none")
    assert_close(categorical_cross_entropy(p, q), expected)
    assert_close(categorical_cross_entropy(p, p), entropy(p))


@pytest.mark.reference(
    "scipy.spatial.distance.jensenshannon", of="dlcore.probability.js_divergence"
)
@pytest.mark.parametrize("base", BASES)
def test_js(base):
    p, q = rows(3, 7, zeros=True), rows(3, 7, seed=1)
    root = scipy.spatial.distance.jensenshannon(p, q, base=base, axis=-1)
    assert_close(js_divergence(p, q, base=base), root**2, rtol=1e-8)


def test_gradients_are_those_of_torch():
    p, q = rows(3, 7), rows(3, 7, seed=1)
    assert_parity(
        lambda p: entropy(p.softmax(-1)),
        lambda p: torch.distributions.Categorical(logits=p).entropy(),
        p,
        rtol=1e-6,
        factor=20,
    )
    assert_parity(
        lambda z: categorical_cross_entropy(p.to(z.dtype), z.softmax(-1)),
        lambda z: torch.nn.functional.cross_entropy(z, p.to(z.dtype), reduction="none"),
        q,
        rtol=1e-7,
        factor=20,
    )


def test_values_of_the_book():
    fair, loaded = f64([0.5, 0.5]), f64([0.9, 0.1])
    assert_close(entropy(f64([0.3, 0.7]), base=2).item(), 0.8813, rtol=1e-4)
    assert_close(entropy(loaded, base=2).item(), 0.4690, rtol=1e-4)
    assert_close(kl_divergence(fair, loaded, base=2).item(), 0.7370, rtol=1e-4)
    assert_close(kl_divergence(loaded, fair, base=2).item(), 0.5310, rtol=1e-4)
    assert_close(mutual_information(WEATHER, base=2).item(), 0.1245, rtol=1e-3)
    assert_close(entropy(WEATHER, None, base=2).item(), 1.8464, rtol=1e-4)
    symmetric = f64([[0.48, 0.12], [0.12, 0.28]])
    assert_close(mutual_information(symmetric, base=2).item(), 0.185277, rtol=1e-5)
    assert_close(conditional_entropy(symmetric, 0, base=2).item(), 0.78567, rtol=1e-5)


def test_what_q_rules_out_costs_infinitely_much():
    p, q = f64([0.5, 0.5]), f64([1.0, 0.0])
    assert kl_divergence(p, q) == math.inf
    assert categorical_cross_entropy(p, q) == math.inf
    assert_close(kl_divergence(q, p).item(), math.log(2))
    assert_close(js_divergence(p, q, base=2) <= 1, True)


@given(st.integers(2, 9), st.integers(0, 999))
def test_inequalities(k, seed):
    p, q = rows(k, seed=seed), rows(k, seed=seed + 1)
    assert 0 <= entropy(p) <= math.log(k) + 1e-12
    assert kl_divergence(p, q) >= 0
    assert kl_divergence(p, p) == 0
    assert_close(kl_divergence(p, q), categorical_cross_entropy(p, q) - entropy(p), rtol=1e-7)
    assert_close(js_divergence(p, q), js_divergence(q, p))
    assert js_divergence(p, q) <= math.log(2)
    assert entropy((p + q) / 2) >= (entropy(p) + entropy(q)) / 2 - 1e-12


@pytest.mark.reference("torch.distributions.kl_divergence", of="dlcore.probability.gaussian_kl")
def test_gaussian_kl(generator):
    one, two = Normal(0.0, f64(1.0)), Normal(1.0, f64(2.0))
    assert gaussian_kl(one, two).item() == pytest.approx(0.44315, abs=1e-5)
    assert gaussian_kl(two, one).item() == pytest.approx(1.30685, abs=1e-5)
    m, s = torch.rand(2, 2, 5, generator=generator, dtype=torch.float64) + 0.1
    ours = gaussian_kl(Normal(m[0], s[0]), Normal(m[1], s[1]))
    normal = torch.distributions.Normal
    assert_close(ours, torch.distributions.kl_divergence(normal(m[0], s[0]), normal(m[1], s[1])))
    A = torch.randn(2, 3, 5, 5, generator=generator, dtype=torch.float64)
    S, mean = A @ A.mT + torch.eye(5), torch.randn(2, 3, 5, generator=generator).double()
    p, q = (MultivariateNormal(mean[i], S[i]) for i in (0, 1))
    vector = torch.distributions.MultivariateNormal
    expected = torch.distributions.kl_divergence(vector(mean[0], S[0]), vector(mean[1], S[1]))
    assert_close(gaussian_kl(p, q), expected)


@pytest.mark.reference(
    "sklearn.metrics.mutual_info_score", of="dlcore.probability.mutual_information"
)
def test_mutual_information(generator):
    counts = torch.randint(0, 20, (5, 7), generator=generator)
    expected = sklearn.metrics.mutual_info_score(None, None, contingency=counts.numpy())
    assert_close(mutual_information(counts / counts.sum().double()).item(), expected)


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.probability.conditional_entropy")
def test_conditional_entropy():
    joint = rows(15).reshape(3, 5)
    each = scipy.stats.entropy(joint.numpy(), axis=1)
    weights = joint.numpy().sum(1)
    assert_close(conditional_entropy(joint, 0).item(), float(weights @ each))
    assert conditional_entropy(WEATHER, 0) != conditional_entropy(WEATHER, 1)


@pytest.mark.reference(
    "sklearn.metrics.mutual_info_score", of="dlcore.probability.conditional_mutual_information"
)
def test_conditional_mutual_information(generator):
    counts = torch.randint(1, 20, (3, 5, 2), generator=generator)
    joint = counts / counts.sum().double()
    score = sklearn.metrics.mutual_info_score
    expected = sum(
        joint[..., z].sum().item() * score(None, None, contingency=counts[..., z].numpy())
        for z in range(2)
    )
    assert_close(conditional_mutual_information(joint).item(), expected)


def test_chain_fork_and_collider():
    p, q, r = rows(2), rows(2, 2, seed=1), rows(2, 2, seed=2)
    chain = torch.einsum("x,xz,zy->xyz", p, q, r)
    fork = torch.einsum("z,zx,zy->xyz", p, q, r)
    collider = torch.einsum("x,y,xyz->xyz", p, rows(2, seed=3), rows(2, 2, 2, seed=4))
    for joint in (chain, fork):
        assert conditional_mutual_information(joint) < 1e-12
        assert mutual_information(joint.sum(2)) > 1e-4
    assert mutual_information(collider.sum(2)) < 1e-12
    assert conditional_mutual_information(collider) > 1e-4


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.probability.entropy_from_counts")
def test_entropy_from_counts():
    counts = torch.tensor([[3, 1, 0, 4], [1, 1, 1, 1]])
    assert_close(entropy_from_counts(counts), scipy.stats.entropy(counts, axis=1))
    corrected = entropy_from_counts(counts, correction="miller-madow", base=2)
    assert_close(
        corrected - entropy_from_counts(counts, base=2), np.array([2, 3]) / (16, 8) / np.log(2)
    )


def test_millers_correction_removes_most_of_the_bias(generator):
    p = torch.full((20,), 1 / 20, dtype=torch.float64)
    draws = torch.multinomial(p.expand(500, 20), 100, replacement=True, generator=generator)
    counts = torch.stack([torch.bincount(row, minlength=20) for row in draws])
    plain = entropy_from_counts(counts).mean().item() - math.log(20)
    corrected = entropy_from_counts(counts, correction="miller-madow").mean().item() - math.log(20)
    assert plain == pytest.approx(-19 / 200, rel=0.15)
    assert abs(corrected) < abs(plain) / 5


@pytest.mark.reference(
    "scipy.stats.differential_entropy", of="dlcore.probability.differential_entropy"
)
@pytest.mark.parametrize("window", [None, 3])
def test_differential_entropy(generator, window):
    x = torch.randn(500, generator=generator, dtype=torch.float64)
    expected = scipy.stats.differential_entropy(x, window_length=window, method="vasicek", base=2)
    assert_close(differential_entropy(x, window=window, base=2), expected)
    assert differential_entropy(x / 100) < 0


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: self_information(torch.tensor([1.1])), r"\[0, 1\]"),
        (lambda: entropy(torch.tensor([0.5, 0.6])), "sum 1.1"),
        (lambda: entropy([0.5, 0.5]), r"needs a tensor of probabilities, got \[0.5, 0.5\]"),
        (lambda: kl_divergence(torch.tensor([1, 0]), torch.ones(2) / 2), "got torch.int64"),
        (lambda: entropy(torch.tensor([[0.5, 0.5], [1.5, -0.5]])), "smallest is -0.5"),
        (lambda: entropy(torch.tensor([math.nan, 1.0])), "probabilities must be"),
        (lambda: entropy(torch.tensor([0.5, 0.5]), base=1), "base"),
        (lambda: entropy(torch.zeros(0)), "needs outcomes"),
        (lambda: kl_divergence(torch.tensor([1.0]), torch.tensor([0.5, 0.5])), "same outcomes"),
        (lambda: mutual_information(torch.tensor([1.0])), "two variables"),
        (lambda: conditional_mutual_information(WEATHER), "three variables"),
        (lambda: entropy_from_counts(torch.tensor([0, 0])), "one outcome"),
        (lambda: entropy_from_counts(torch.tensor([1]), correction="jackknife"), "miller-madow"),
        (lambda: differential_entropy(torch.ones(2)), "at least 3"),
        (lambda: differential_entropy(torch.ones(9), window=5), "window"),
        (lambda: gaussian_kl(Normal(0.0, 1.0), 3), "two Normal"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
