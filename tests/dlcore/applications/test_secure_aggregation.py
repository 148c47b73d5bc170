"""Sums beside Python's integers, and parts beside the uniform distribution."""

import pytest
import torch
from scipy.stats import chisquare

from dlcore.applications import (
    SecureSum,
    from_fixed_point,
    reconstruct,
    secret_share,
    secure_sum,
    to_fixed_point,
)
from tests.parity import assert_close


@pytest.mark.reference("closed form", of="dlcore.applications.secret_share")
@pytest.mark.reference("closed form", of="dlcore.applications.reconstruct")
def test_all_parts_give_the_number_back(generator):
    for modulus in (2, 7, 100, 2**31, 2**60):
        half = modulus // 2
        values = torch.tensor([0, half - 1, -half, min(1, half - 1)])
        parts = secret_share(values, 5, modulus=modulus, generator=generator)
        assert parts.shape == (5, 4)
        assert bool(((parts >= 0) & (parts < modulus)).all())
        assert [sum(column) % modulus for column in parts.T.tolist()] == [
            v % modulus for v in values.tolist()
        ]
        assert reconstruct(parts, modulus=modulus).tolist() == values.tolist()


@pytest.mark.reference("scipy.stats.chisquare", of="dlcore.applications.secret_share")
def test_fewer_parts_are_pure_chance(generator):
    for secret in (0, 6):
        parts = secret_share(torch.full((14_000,), secret), 3, modulus=7, generator=generator)
        for part in parts:
            assert chisquare(torch.bincount(part, minlength=7).numpy()).pvalue > 1e-3
        for i, j in ((0, 1), (0, 2), (1, 2)):
            pairs = torch.bincount(7 * parts[i] + parts[j], minlength=49)
            assert chisquare(pairs.numpy()).pvalue > 1e-3


@pytest.mark.reference("closed form", of="dlcore.applications.secure_sum")
@pytest.mark.reference("closed form", of="dlcore.applications.SecureSum")
def test_the_sum_is_exact_and_nobody_shows_a_number(generator):
    values = torch.randint(-1000, 1000, (6, 2, 3), generator=generator)
    found = secure_sum(values, generator=generator)
    assert isinstance(found, SecureSum)
    assert torch.equal(found.total, values.sum(0))
    assert found.shares.shape == (6, 6, 2, 3)
    assert torch.equal(found.partial, found.shares.sum(0) % 2**31)
    assert not torch.isin(values % 2**31, found.shares).any()
    two_servers = secure_sum(values, 2, generator=generator)
    assert two_servers.partial.shape == (2, 2, 3)
    assert torch.equal(two_servers.total, values.sum(0))


@pytest.mark.reference("closed form", of="dlcore.applications.to_fixed_point")
@pytest.mark.reference("closed form", of="dlcore.applications.from_fixed_point")
def test_a_mean_of_gradients_to_sixteen_bits(generator):
    gradients = torch.randn(5, 40, generator=generator, dtype=torch.float64)
    total = secure_sum(to_fixed_point(gradients), generator=generator).total
    assert_close(from_fixed_point(total), gradients.sum(0), rtol=0, atol=5 / 2**17)
    exact = torch.tensor([0.5, -0.25, 3.0])
    assert torch.equal(from_fixed_point(to_fixed_point(exact)), exact.double())


@pytest.mark.bad_input
def test_what_cannot_be_shared():
    values = torch.tensor([1, 2])
    for call, message in (
        (lambda: secret_share(values, 1), "at least 2 parties"),
        (lambda: secret_share(values, 2, modulus=1), "do not fit"),
        (lambda: secret_share(values, 8, modulus=2**62), "do not fit"),
        (lambda: reconstruct(torch.tensor(3)), "are needed"),
        (lambda: secure_sum(torch.tensor(3)), "one row a client"),
        (lambda: to_fixed_point(torch.tensor([1e9])), "must be finite"),
        (lambda: to_fixed_point(torch.tensor([float("nan")])), "must be finite"),
        (lambda: to_fixed_point(torch.tensor([1.0]), bits=-1), "must be finite"),
        (lambda: from_fixed_point(values, bits=-1), "at least 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
