"""The images of scikit-image, as tensors, without the network."""

import builtins
import socket

import numpy as np
import pytest
import torch
from skimage import data as reference

from dlcore.data import load_face_patches, load_photograph, photograph_names
from tests.parity import assert_close


@pytest.mark.reference("skimage.data", of="dlcore.data.load_photograph")
@pytest.mark.parametrize("name", photograph_names())
def test_pixels_are_those_of_scikit_image(name, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "create_connection", refuse)
    pixels = load_photograph(name).pixels
    array = getattr(reference, name)()
    array = array[..., None] if array.ndim == 2 else array
    assert_close(
        pixels, array.transpose(2, 0, 1) / (255 if array.dtype == np.uint8 else 1), rtol=1e-6
    )
    assert pixels.dtype == torch.float32
    assert pixels.is_contiguous()


@pytest.mark.reference("skimage.data.__all__", of="dlcore.data.photograph_names")
def test_all_names_are_functions_of_scikit_image():
    assert set(photograph_names()) <= set(reference.__all__)


@pytest.mark.reference("skimage.data.astronaut", of="dlcore.data.Photograph")
def test_a_photograph_says_where_it_comes_from():
    provenance = load_photograph("astronaut").provenance
    assert "NASA" in provenance.source
    assert provenance.licence == "public domain"
    assert provenance.size == "512 x 512 pixels, 3 channels"


@pytest.mark.reference("skimage.data.lfw_subset", of="dlcore.data.load_face_patches")
def test_face_patches_are_complete():
    splits = load_face_patches()
    parts = (splits.train, splits.validation, splits.test)
    assert [len(p.y) for p in parts] == [120, 40, 40]
    assert [int(p.y.sum()) for p in parts] == [60, 20, 20]
    faces = torch.cat([p.X[p.y == 1] for p in parts])
    assert_close(faces.double().sum(), reference.lfw_subset()[:100].sum(), rtol=1e-6)


@pytest.mark.bad_input
def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(ValueError, match=r"no photograph 'mona_lisa'; there are astronaut"):
        load_photograph("mona_lisa")


@pytest.mark.bad_input
def test_without_scikit_image_the_error_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "skimage":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'dlcore\[data\]'"):
        load_photograph("camera")
