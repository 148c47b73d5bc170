import numpy as np
import pytest
import torch

from dlcore.explorables import svd_image
from dlcore.explorables.svd_image import SCRIPTS, camera, errors, most_layers
from tests.parity import assert_close

ADD_UP = """(async () => {
  const all = triples(await unpack(state.packed), state);
  return [combine(all.slice(0, k), state), combine(all.slice(k - 1, k), state), all.length];
})()"""


def wide():
    """Not square, without symmetry, of full rank."""
    i, j = np.mgrid[0:19, 0:41]
    return 0.5 + 0.5 * np.sin(i * j / 11 + i**2 / 7) * np.cos(j / (i + 3))


@pytest.mark.reference("numpy.linalg.svd", of="dlcore.explorables.svd_image")
@pytest.mark.parametrize("k", [1, 3, 12])
def test_what_the_page_adds_up_is_the_nearest_image_of_that_rank(javascript, k):
    A = wide()
    state = svd_image(torch.from_numpy(A), k=2).state
    U, S, Vh = np.linalg.svd(A, full_matrices=False)
    total, layer, count = javascript(SCRIPTS, ADD_UP, state=state, k=k)
    assert_close(total, ((U[:, :k] * S[:k]) @ Vh[:k]).ravel(), rtol=0, atol=3 / 255)
    assert_close(layer, S[k - 1] * np.outer(U[:, k - 1], Vh[k - 1]).ravel(), rtol=0, atol=3 / 255)
    assert count == most_layers(*A.shape)


def test_errors_are_the_distance_from_the_nearest_image(javascript):
    A = wide()
    U, S, Vh = np.linalg.svd(A, full_matrices=False)
    got = errors(torch.from_numpy(A))
    for k, error in enumerate(got):
        rest = A - (U[:, :k] * S[:k]) @ Vh[:k]
        assert_close(error, np.linalg.norm(rest) / np.linalg.norm(A), atol=1e-12)
    assert len(got) == most_layers(*A.shape) + 1
    assert svd_image(torch.from_numpy(A)).state["errors"] == [float(f"{v:.4g}") for v in got]


def test_beyond_the_last_rank_nothing_is_saved():
    for h, w in ((160, 160), (19, 41), (8, 256), (256, 255)):
        most = most_layers(h, w)
        assert most * (h + w + 1) <= h * w < (most + 1) * (h + w + 1)


def test_the_finding_half_of_the_values_save_nothing():
    assert camera().shape == (160, 160)
    assert 80 * 321 > 160 * 160
    figure = svd_image()
    assert "80 times 321 are 25,680 numbers, and the image has 25,600" in figure.finding
    assert errors(camera())[10] == pytest.approx(0.105, abs=0.0005)
    assert "with 10 of them the error is 10.5%, at 12.5% of the storage" in figure.finding


def test_an_exact_rank_one_image_and_words_of_the_caller():
    A = torch.linspace(0, 1, 16)[:, None].expand(16, 24)
    figure = svd_image(A, k=1, question="Where?", prediction="Here.", finding="There.")
    assert figure.state["errors"][1] < 1e-6
    assert (figure.question, figure.prediction, figure.finding) == ("Where?", "Here.", "There.")
    assert "the image of 16 by 24 pixels at rank 1" in figure.alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("image", "k", "message"),
    [
        (torch.ones(3, 16, 16), 1, r"8 to 256 pixels a side, got shape \(3, 16, 16\)"),
        (torch.ones(16, 300), 1, r"8 to 256 pixels a side, got shape \(16, 300\)"),
        (255 * torch.ones(16, 16), 1, "values between 0 and 1 that are not all 0"),
        (torch.zeros(16, 16), 1, "values between 0 and 1 that are not all 0"),
        (torch.full((16, 16), torch.nan), 1, "values between 0 and 1 that are not all 0"),
        (torch.ones(16, 16), 8, "k must be from 1 to 7, beyond which nothing is saved; got 8"),
        (torch.ones(16, 16), 0, "k must be from 1 to 7"),
    ],
)
def test_bad_input(image, k, message):
    with pytest.raises(ValueError, match=message):
        svd_image(image, k)
