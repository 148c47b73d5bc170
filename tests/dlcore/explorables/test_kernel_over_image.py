import numpy as np
import pytest
import scipy.ndimage
import torch
from scipy.signal import correlate2d

from dlcore.explorables import kernel_over_image
from dlcore.explorables.kernel_over_image import (
    KERNELS,
    SCRIPTS,
    camera_detail,
    shown_as,
    white_pixel,
)
from tests.parity import assert_close

OUTPUT = "crossCorrelate(padded(imageOf(image), padding), kernel, stride)"


def image(h=7, w=12):
    """Not square, without symmetry."""
    return np.random.default_rng(0).integers(0, 256, (h, w)) / 255


def output(javascript, pixels, kernel, stride=1, padding=0):
    given = kernel_over_image(image=torch.from_numpy(pixels)).state["images"]["image"]
    got = javascript(
        SCRIPTS, OUTPUT, image=given, kernel=list(kernel), stride=stride, padding=padding
    )
    return np.reshape(got["values"], (got["h"], got["w"]))


def reference(pixels, kernel, stride=1, padding=0):
    padded = np.pad(pixels, padding)
    return correlate2d(padded, np.reshape(kernel, (3, 3)), mode="valid")[::stride, ::stride]


@pytest.mark.reference("scipy.signal.correlate2d", of="dlcore.explorables.kernel_over_image")
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_what_the_page_computes_is_the_cross_correlation(javascript, stride, padding):
    kernel = np.random.default_rng(1).normal(size=9)
    got = output(javascript, image(), kernel, stride, padding)
    assert_close(got, reference(image(), kernel, stride, padding), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", KERNELS)
def test_the_page_shows_the_greys_of_the_still(javascript, name):
    kernel = KERNELS[name]
    values = reference(camera_detail().numpy(), kernel)
    got = javascript(
        SCRIPTS, "shownAs(values, kernel)", values=values.ravel().tolist(), kernel=kernel
    )
    K = torch.tensor(kernel, dtype=torch.float64).view(3, 3)
    assert_close(got, shown_as(torch.from_numpy(values), K).flatten(), rtol=0, atol=1e-12)
    if sum(kernel) == 0:
        even = javascript(SCRIPTS, "shownAs([0, 0], kernel)", kernel=kernel)
        assert even == [0.5, 0.5]
        assert max(abs(v - 0.5) for v in got) == pytest.approx(0.5)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_the_still_marks_the_sum_of_its_products(stride, padding):
    pixels = image(9, 6)
    figure = kernel_over_image("horizontal edges", torch.from_numpy(pixels), stride, padding)
    result = reference(pixels, KERNELS["horizontal edges"], stride, padding)
    h, w = result.shape
    assert f"add up to {result[h // 2, w // 2]:.2f};" in figure.alt
    assert f"the output of {h} by {w} pixels" in figure.alt
    assert figure.panels[2].title == f"Output, {h} × {w}, grey is 0"


def test_the_edge_kernels_are_sobels():
    pixels = image(9, 9)
    for name, axis in (("vertical edges", 1), ("horizontal edges", 0)):
        assert_close(
            reference(pixels, KERNELS[name]),
            scipy.ndimage.sobel(pixels, axis=axis)[1:-1, 1:-1],
            rtol=0,
            atol=1e-12,
        )


def test_the_finding_a_white_pixel_becomes_the_kernel_turned(javascript):
    kernel = np.arange(1.0, 10)
    got = output(javascript, white_pixel().numpy(), kernel, padding=1)
    assert_close(got[4:7, 4:7], np.rot90(kernel.reshape(3, 3), 2).copy())
    assert np.count_nonzero(got) == 9


def test_the_finding_a_one_on_the_left_moves_to_the_right(javascript):
    kernel = [0, 0, 0, 1, 0, 0, 0, 0, 0]
    got = output(javascript, image(), kernel, padding=1)
    assert_close(got[:, 1:], image()[:, :-1])


def test_the_finding_sums_of_weights_and_sizes(javascript):
    totals = {name: sum(weights) for name, weights in KERNELS.items()}
    assert {name for name, total in totals.items() if total == pytest.approx(1)} == {
        "blur",
        "sharpen",
        "identity",
    }
    assert {name for name, total in totals.items() if total == 0} == {
        "vertical edges",
        "horizontal edges",
        "Laplace",
    }
    even = np.ones((40, 40)) * 0.4
    photograph = camera_detail().numpy()
    sizes = [
        output(javascript, photograph, KERNELS["blur"], *how).shape
        for how in ((1, 0), (1, 1), (2, 0))
    ]
    assert sizes == [(38, 38), (40, 40), (19, 19)]
    blurred = output(javascript, even, KERNELS["blur"], 1, 1)
    assert blurred[0, 0] < blurred[20, 20] == pytest.approx(0.4)
    edges = output(javascript, even, KERNELS["vertical edges"], 1, 1)
    assert edges[20, 20] == 0
    assert edges[20, 0] > 0 > edges[20, -1]


def test_words_of_the_caller():
    figure = kernel_over_image("blur", question="Where?", prediction="Here.", finding="There.")
    assert (figure.question, figure.prediction, figure.finding) == ("Where?", "Here.", "There.")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel": "emboss"}, "unknown kernel 'emboss': choose from vertical edges, "),
        ({"stride": 0}, "stride must lie between 1 and 3, got 0"),
        ({"padding": 3}, "padding must lie between 0 and 2, got 3"),
        ({"image": torch.ones(4, 9)}, r"image must be 5 to 48 pixels a side, got shape \(4, 9\)"),
        ({"image": torch.ones(1, 9, 9)}, r"got shape \(1, 9, 9\)"),
        ({"image": 2 * torch.ones(9, 9)}, "an image has values between 0 and 1"),
        ({"image": torch.full((9, 9), torch.nan)}, "an image has values between 0 and 1"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        kernel_over_image(**arguments)
