"""Walks between codes against torch and scipy."""

import pytest
import torch
from scipy.spatial import geometric_slerp

from dlcore.autoencoder import interpolate, latent_traversal
from tests.parity import assert_close


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.reference("torch.lerp", of="dlcore.autoencoder.interpolate")
def test_straight_line_against_torch(generator):
    a, b = draw(generator, 3, 5), draw(generator, 3, 5)
    path = interpolate(a, b, 7)
    for i in range(7):
        assert_close(path[i], torch.lerp(a, b, i / 6))


def test_arc_against_scipy(generator):
    a, b = (
        v / v.norm(dim=-1, keepdim=True) for v in (draw(generator, 3, 5), draw(generator, 3, 5))
    )
    path = interpolate(a, b, 7, kind="spherical")
    for i in range(3):
        assert_close(
            path[:, i], geometric_slerp(a[i].numpy(), b[i].numpy(), [j / 6 for j in range(7)])
        )
    assert_close(path.norm(dim=-1), torch.ones(7, 3))


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_ends_and_reversal(generator, kind):
    a, b = draw(generator, 5), 3 * draw(generator, 5)
    path = interpolate(a, b, 7, kind=kind)
    assert_close(path[0], a)
    assert_close(path[-1], b)
    assert_close(interpolate(b, a, 7, kind=kind), path.flip(0))


def test_nearly_equal_directions_stay_finite(generator):
    a = draw(generator, 5).requires_grad_()
    path = interpolate(a, 2 * a.detach(), 3, kind="spherical")
    assert_close(path[1], 1.5 * a.detach(), rtol=1e-7)


@pytest.mark.reference("numpy assignment", of="dlcore.autoencoder.latent_traversal")
def test_one_dimension_at_a_time(generator):
    import numpy as np

    z, values = draw(generator, 4), draw(generator, 3)
    codes = latent_traversal(z, values, dims=[2, 0])
    assert codes.shape == (2, 3, 4)
    for row, j in enumerate([2, 0]):
        for i in range(3):
            expected = z.numpy().copy()
            expected[j] = values[i]
            assert np.array_equal(codes[row, i].numpy(), expected)
    assert latent_traversal(z, values).shape == (4, 3, 4)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: interpolate(torch.ones(2), torch.ones(3), 3), r"\(2,\), \(3,\), 3"),
        (lambda: interpolate(torch.ones(2), torch.ones(2), 1), "steps >= 2"),
        (lambda: interpolate(torch.ones(2), torch.ones(2), 3, kind="cubic"), "got 'cubic'"),
        (
            lambda: interpolate(torch.zeros(2), torch.ones(2), 3, kind="spherical"),
            "codes other than 0",
        ),
        (
            lambda: interpolate(torch.ones(2), -torch.ones(2), 3, kind="spherical"),
            "is not unique",
        ),
        (lambda: latent_traversal(torch.ones(2, 2), torch.ones(3)), r"\(2, 2\) and \(3,\)"),
        (
            lambda: latent_traversal(torch.ones(2), torch.ones(3), dims=[2]),
            r"from 0 to 1, got \[2\]",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
