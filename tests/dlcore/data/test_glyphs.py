"""Drawn characters: every class in every face, splits without a common face, learnable."""

import matplotlib.font_manager
import pytest
import sklearn.linear_model
import torch

from dlcore.data import load_glyphs
from dlcore.data.glyphs import CHARACTERS, FACES


def test_every_face_is_packaged_with_matplotlib_and_in_one_split():
    faces = [face for split in FACES.values() for face in split]
    assert len(set(faces)) == len(faces) == 21
    packaged = matplotlib.font_manager.findSystemFonts(
        matplotlib.get_data_path() + "/fonts/ttf", fontext="ttf"
    )
    assert set(faces) <= {path.rsplit("/", 1)[-1].removesuffix(".ttf") for path in packaged}


@pytest.mark.parametrize(("color", "shape"), [(False, (28, 28)), (True, (3, 28, 28))])
def test_shapes_labels_and_ranges(color, shape):
    glyphs = load_glyphs(color=color)
    assert glyphs.classes == tuple(CHARACTERS)
    assert len(glyphs.classes) == 62
    assert glyphs.image_shape == shape
    for part, faces in (("train", 13), ("validation", 4), ("test", 4)):
        X, y = getattr(glyphs, part)
        assert X.reshape(-1, *shape).shape == (62 * faces, *shape)
        assert y.bincount().tolist() == [faces] * 62
        assert X.dtype == torch.float32
        assert X.min() >= 0
        assert X.max() <= 1


def test_no_character_is_empty_and_none_is_cut_off():
    X = load_glyphs(per_face=2).train.X.reshape(-1, 28, 28)
    assert (X.sum((1, 2)) > 15).all()
    border = torch.cat([X[:, 0], X[:, -1], X[:, :, 0], X[:, :, -1]], dim=1)
    assert (border.sum(1) / X.sum((1, 2)) < 0.05).double().mean() > 0.99


@pytest.mark.reference("sklearn.linear_model.LogisticRegression", of="dlcore.data.load_glyphs")
def test_a_linear_model_reads_most_digits_in_faces_it_has_not_seen():
    digits = load_glyphs("0123456789", per_face=4)
    model = sklearn.linear_model.LogisticRegression(max_iter=300)
    model.fit(digits.train.X.numpy(), digits.train.y.numpy())
    assert model.score(digits.test.X.numpy(), digits.test.y.numpy()) > 0.6


def test_the_generator_decides():
    first, again = (load_glyphs("Ab", generator=torch.Generator().manual_seed(3)) for _ in "ab")
    assert torch.equal(first.train.X, again.train.X)
    assert not torch.equal(first.train.X, load_glyphs("Ab").train.X)


def test_ink_and_paper_differ_in_brightness():
    X = load_glyphs("HM", per_face=3, color=True).train.X.reshape(-1, 3, 28, 28)
    corners = X[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].mean((1, 2))
    farthest = (X.mean(1).flatten(1) - corners[:, None]).abs().amax(1)
    assert (farthest > 0.2).double().mean() > 0.9


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "got '' and 1"),
        (("AA",), "got 'AA' and 1"),
        (("Aß",), "must be among 0123.*, got 'Aß'"),
    ],
)
def test_bad_characters(arguments, message):
    with pytest.raises(ValueError, match=message):
        load_glyphs(*arguments)


@pytest.mark.bad_input
def test_bad_number():
    with pytest.raises(ValueError, match="per_face be at least 1, got 'A' and 0"):
        load_glyphs("A", per_face=0)
