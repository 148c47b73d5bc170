"""Angles and the cross product against torch and NumPy."""

import math

import numpy as np
import pytest
import torch

from dlcore.linalg import angle, cosine_similarity, cross
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity


@pytest.mark.reference(
    "torch.nn.functional.cosine_similarity", of="dlcore.linalg.cosine_similarity"
)
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_cosine_similarity(dim):
    x, y = gaussian(5, 7), gaussian(5, 7, seed=1)
    assert_parity(cosine_similarity, torch.nn.functional.cosine_similarity, x, y, dim=dim)
    x[0] = 0
    assert_parity(cosine_similarity, torch.nn.functional.cosine_similarity, x, y, gradient=False)


def test_scaling_whole_vectors_changes_nothing_but_scaling_a_feature_does():
    x, y = torch.tensor([1.0, 1.0]), torch.tensor([1.0, -1.0])
    assert cosine_similarity(x, y) == 0
    assert cosine_similarity(1e20 * x, 1e-5 * y) == 0
    first = torch.tensor([10.0, 1.0])
    assert_close(cosine_similarity(first * x, first * y), 99 / 101, rtol=1e-6)


def arccosine(x, y):
    return torch.acos(torch.nn.functional.cosine_similarity(x, y, dim=-1))


@pytest.mark.reference(
    "torch.acos of torch.nn.functional.cosine_similarity", of="dlcore.linalg.angle"
)
def test_angle():
    assert_parity(angle, arccosine, gaussian(5, 7), gaussian(5, 7, seed=1), rtol=1e-7)
    exercise = angle(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, -1.0, 2.0]))
    assert_close(exercise, 1.0854, rtol=1e-4)


@pytest.mark.parametrize("t", [0.0, 1e-12, 1e-9, 1e-4, 1.0, math.pi / 2])
def test_small_angles_keep_their_digits_where_the_arccosine_has_none(t):
    x = torch.tensor([1.0, 0.0], dtype=torch.float64)
    y = torch.tensor([math.cos(t), math.sin(t)], dtype=torch.float64)
    assert_close(angle(x, 3 * y), t, rtol=1e-12, atol=1e-30)
    assert_close(angle(-x, y), math.pi - t, rtol=1e-15 * 4)
    if 0 < t < 1e-8:
        assert arccosine(x, y) == 0


@pytest.mark.reference("numpy.cross", of="dlcore.linalg.cross")
def test_cross():
    x, y = gaussian(5, 3), gaussian(5, 3, seed=1)
    assert_parity(cross, torch.linalg.cross, x, y)
    assert_close(cross(x, y), np.cross(x.numpy(), y.numpy()))
    assert_close((cross(x, y) * x).sum(-1), torch.zeros(5), atol=1e-14)
    exercise = cross(torch.tensor([1.0, 0.0, 2.0]), torch.tensor([3.0, 1.0, 1.0]))
    assert exercise.tolist() == [-2, 5, 1]


@pytest.mark.bad_input
def test_bad_input():
    for f in (cosine_similarity, angle, cross):
        with pytest.raises(ValueError, match=r"needs equal shapes, got \(3,\) and \(4,\)"):
            f(torch.ones(3), torch.ones(4))
    with pytest.raises(ValueError, match=r"vectors of shape \(..., 3\), got \(4,\)"):
        cross(torch.ones(4), torch.ones(4))
    with pytest.raises(ValueError, match="a zero vector has no direction"):
        angle(torch.zeros(3), torch.ones(3))
