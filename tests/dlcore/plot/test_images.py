"""Image grids show each image, its title, and whether it was right."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from dlcore.plot import COLORS, plot_images, plot_weight_images


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def shown(figure):
    return [ax.get_images()[0].get_array() for ax in figure.axes if ax.get_images()]


@pytest.mark.reference("matplotlib.axes.Axes.imshow", of="dlcore.plot.plot_images")
@pytest.mark.parametrize("shape", [(5, 6, 7), (5, 1, 6, 7), (5, 3, 6, 7)])
def test_each_image_is_drawn_in_order(shape):
    images = torch.rand(shape)
    for pixels, image in zip(shown(plot_images(images)), images, strict=True):
        expected = image.permute(1, 2, 0) if image.ndim == 3 else image
        assert np.allclose(np.squeeze(pixels), expected.squeeze())


def test_rows_of_pixels_become_images():
    rows = torch.rand(3, 42)
    assert np.allclose(shown(plot_images(rows, image_shape=(6, 7)))[1], rows[1].reshape(6, 7))


def test_wrong_ones_are_marked_by_more_than_colour():
    figure = plot_images(torch.rand(2, 4, 4), ["3", "5"], correct=torch.tensor([True, False]))
    right, wrong = (ax.title for ax in figure.axes)
    assert (right.get_text(), wrong.get_text()) == ("3", "✗ 5")
    assert (right.get_color(), wrong.get_color()) == (COLORS["black"], COLORS["red"])


def test_the_grid_hides_what_it_does_not_use():
    figure = plot_images(torch.rand(5, 4, 4), columns=3)
    assert len(figure.axes) == 6
    assert not any(ax.axison for ax in figure.axes)


@pytest.mark.reference("matplotlib.axes.Axes.imshow", of="dlcore.plot.plot_weight_images")
def test_weights_share_one_symmetric_scale():
    W = torch.randn(3, 20)
    figure = plot_weight_images(W, (4, 5), ["a", "b", "c"])
    limits = {ax.get_images()[0].get_clim() for ax in figure.axes[:3]}
    scale = W.abs().max().item()
    assert limits == {(-scale, scale)}
    assert np.array_equal(shown(figure)[2], W[2].reshape(4, 5))


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"42 pixels; got rows of shape \(3, 40\)"):
        plot_images(torch.rand(3, 40), image_shape=(6, 7))
    with pytest.raises(ValueError, match=r"must have shape .* got \(3, 40\)"):
        plot_images(torch.rand(3, 40))
    with pytest.raises(ValueError, match=r"got \(0, 4, 4\)"):
        plot_images(torch.rand(0, 4, 4))
    with pytest.raises(ValueError, match="3 images, 2 titles"):
        plot_images(torch.rand(3, 4, 4), ["a", "b"])
    with pytest.raises(ValueError, match="3 units, 2 titles"):
        plot_weight_images(torch.rand(3, 4), (2, 2), ["a", "b"])
