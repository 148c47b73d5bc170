"""Rearranged formulas against the same in 700 digits."""

import mpmath
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.numerics import one_minus_cos_over_x2, quadratic_roots
from tests.parity import assert_close

mpmath.mp.dps = 700


@pytest.mark.reference("mpmath in 700 digits", of="dlcore.numerics.one_minus_cos_over_x2")
def test_half_angle():
    x = torch.tensor([1e-300, 1e-12, -1e-8, 1e-4, 0.1, 1, 3, 100], dtype=torch.float64)
    exact = [float((1 - mpmath.cos(mpmath.mpf(v))) / mpmath.mpf(v) ** 2) for v in x.tolist()]
    assert_close(one_minus_cos_over_x2(x), torch.tensor(exact, dtype=torch.float64), rtol=1e-14)
    assert one_minus_cos_over_x2(torch.zeros(3)).tolist() == [0.5, 0.5, 0.5]
    assert ((1 - x.cos()) / x**2)[2].item() == 0


@pytest.mark.reference("mpmath.polyroots in 700 digits", of="dlcore.numerics.quadratic_roots")
@given(
    st.floats(0.1, 10),
    st.floats(1, 1e8).flatmap(lambda b: st.sampled_from([b, -b])),
    st.floats(-0.02, 0.02),
)
def test_roots_to_full_precision(a, b, c):
    a, b, c = (mpmath.mpf(v) for v in (a, b, c))
    root = mpmath.sqrt(b * b - 4 * a * c)
    exact = sorted([(-b - root) / (2 * a), (-b + root) / (2 * a)])
    found = quadratic_roots(*(torch.tensor(float(v), dtype=torch.float64) for v in (a, b, c)))
    for ours, theirs in zip(found, exact, strict=True):
        assert_close(ours.item(), float(theirs), rtol=1e-13, atol=1e-300)


def test_batches_and_special_cases():
    a, b, c = torch.ones(4), torch.tensor([0.0, 0.0, 1.0, -2.0]), torch.tensor([-4.0, 0.0, 0.0, 1])
    low, high = quadratic_roots(a, b, c)
    assert low.tolist() == [-2, 0, -1, 1]
    assert high.tolist() == [2, 0, 0, 1]
    assert torch.stack(quadratic_roots(torch.ones(1), torch.ones(1), torch.ones(1))).isnan().all()


@pytest.mark.bad_input
def test_bad_input():
    one = torch.ones(2)
    with pytest.raises(ValueError, match="leading coefficient is zero"):
        quadratic_roots(torch.tensor([1.0, 0.0]), one, one)
    with pytest.raises(ValueError, match=r"one shape, got \[\(2,\), \(3,\), \(2,\)\]"):
        quadratic_roots(one, torch.ones(3), one)
    with pytest.raises(TypeError, match="got int"):
        quadratic_roots(1, one, one)
    with pytest.raises(TypeError, match=r"got torch\.int64"):
        one_minus_cos_over_x2(torch.arange(3))
