"""Flaws: the plane of scikit-learn's principal components, and pictures with flaws planted."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

from dlcore.applications import DefectDetector
from dlcore.data import make_surfaces
from tests.parity import assert_close


@pytest.mark.reference("sklearn.decomposition.PCA", of="dlcore.applications.DefectDetector")
def test_errors_of_scikit_learn_patch_by_patch(generator):
    images = torch.randn(4, 9, 8, generator=generator)
    detector = DefectDetector(patch=3, components=2).fit(images)
    view = np.lib.stride_tricks.sliding_window_view(images.numpy(), (3, 3), axis=(1, 2))
    patches = view.reshape(-1, 9)
    pca = PCA(2).fit(patches)
    errors = ((patches - pca.inverse_transform(pca.transform(patches))) ** 2).reshape(4, 7, 6, 3, 3)
    total, count = np.zeros((4, 9, 8)), np.zeros((9, 8))
    for i in range(7):
        for j in range(6):
            total[:, i : i + 3, j : j + 3] += errors[:, i, j]
            count[i : i + 3, j : j + 3] += 1
    assert_close(detector.score_map(images), total / count, rtol=1e-3, atol=1e-4)
    assert_close(detector.score(images), (total / count).max((1, 2)), rtol=1e-3, atol=1e-4)


@pytest.mark.reference("planted flaws", of="dlcore.data.make_surfaces")
@pytest.mark.reference("sklearn.metrics.roc_auc_score", of="dlcore.applications.DefectDetector")
def test_planted_flaws_are_found(generator):
    good, none = make_surfaces(20, generator=generator)
    assert not none.any()
    flawed, flaws = make_surfaces(20, flawed=True, generator=generator)
    assert flawed.shape == flaws.shape == (20, 32, 32)
    sizes = flaws.sum((1, 2))
    assert 4 < int(sizes.min()) <= int(sizes.max()) < 60
    detector = DefectDetector().fit(good[:10])
    scores = torch.cat([detector.score(good[10:]), detector.score(flawed)])
    assert roc_auc_score([0] * 10 + [1] * 20, scores) > 0.9
    assert roc_auc_score(flaws.flatten(), detector.score_map(flawed).flatten()) > 0.9
    again, _ = make_surfaces(3)
    assert torch.equal(again, make_surfaces(3)[0])


@pytest.mark.bad_input
def test_what_does_not_fit():
    images = torch.ones(2, 8, 8)
    for call, message in (
        (lambda: DefectDetector(patch=4), "an odd patch"),
        (lambda: DefectDetector(patch=3, components=9), r"1 <= components < patch\^2"),
        (lambda: DefectDetector().score(images), "fit the detector"),
        (lambda: DefectDetector(patch=9).fit(images), "at least 9 pixels a side"),
        (lambda: DefectDetector().fit(images[0]), r"pictures \(n, h, w\)"),
        (lambda: make_surfaces(0), "n >= 1"),
        (lambda: make_surfaces(1, size=8), "size >= 16"),
        (lambda: make_surfaces(1, noise=-0.1), "noise >= 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
