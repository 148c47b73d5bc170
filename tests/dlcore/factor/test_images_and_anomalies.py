"""Eigenfaces against PCA and nearest neighbours of scikit-learn; scores of what is strange."""

import numpy as np
import pytest
import sklearn.decomposition
import torch
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from dlcore.data import synthetic_faces
from dlcore.factor import EigenImages, nll_score, reconstruction_score
from tests.dlcore.factor.planted import loadings, planted
from tests.parity import assert_close

FACES, NAMES = synthetic_faces(6, 8, size=16)
FACES = FACES.double().mean(1)
TRAIN = torch.arange(48) % 8 < 5
X = planted(60, loadings(), torch.full((7,), 0.5, dtype=torch.float64))


@pytest.mark.reference(
    "sklearn.decomposition.PCA and sklearn.neighbors.KNeighborsClassifier",
    of="dlcore.factor.EigenImages",
)
@pytest.mark.parametrize("neighbours", [1, 3])
def test_faces(neighbours):
    flat = FACES.flatten(1).numpy()
    train, names = TRAIN.numpy(), NAMES.numpy()
    theirs = make_pipeline(
        sklearn.decomposition.PCA(9, svd_solver="full"), KNeighborsClassifier(neighbours)
    ).fit(flat[train], names[train])
    ours = EigenImages(9, n_neighbors=neighbours).fit(FACES[TRAIN], NAMES[TRAIN])
    assert ours.eigen_images_.shape == (9, 16, 16)
    assert_close(ours.predict(FACES[~TRAIN]), theirs.predict(flat[~train]))
    expected = theirs.score(flat[~train], names[~train])
    assert ours.score(FACES[~TRAIN], NAMES[~TRAIN]) == pytest.approx(expected)
    back = theirs[0].inverse_transform(theirs[0].transform(flat))
    rebuilt = ours.inverse_transform(ours.transform(FACES))
    assert_close(rebuilt.flatten(1), back, atol=1e-9)
    assert_close(ours.explained_variance_ratio_, theirs[0].explained_variance_ratio_)


def test_leading_components_can_be_left_out():
    whole, part = EigenImages(5).fit(FACES), EigenImages(3, skip=2).fit(FACES)
    assert_close(part.transform(FACES), whole.transform(FACES)[:, 2:], atol=1e-10)
    assert_close(part.eigen_images_, whole.eigen_images_[2:], atol=1e-10)


def test_arrays_words_and_float32():
    words = np.array(["ann", "bob", "eve", "joe", "kim", "lou"])[NAMES.numpy()]
    model = EigenImages(9).fit(FACES.numpy(), words)
    assert isinstance(model.transform(FACES.numpy()), np.ndarray)
    assert model.score(FACES.numpy(), words) == 1
    single = EigenImages(4).fit(FACES.float())
    assert single.inverse_transform(single.transform(FACES.float())).shape == FACES.shape
    assert single.transform(FACES.float()).dtype == torch.float32


@pytest.mark.reference(
    "sklearn.decomposition.PCA.inverse_transform", of="dlcore.factor.reconstruction_score"
)
def test_distance_from_the_plane():
    pca = sklearn.decomposition.PCA(3, svd_solver="full").fit(X.numpy())
    expected = ((X.numpy() - pca.inverse_transform(pca.transform(X.numpy()))) ** 2).sum(1)
    U, mean = torch.from_numpy(pca.components_.T), torch.from_numpy(pca.mean_)
    mixed = U @ torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [0.0, 0.0, 1.0]]).double()
    for W in (U, mixed):
        assert_close(reconstruction_score(X, W, mean), expected, atol=1e-10)
    score = reconstruction_score(X.float(), U.float(), mean.float())
    assert score.dtype == torch.float32
    assert_close(score, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.reference("the score_samples of scikit-learn's models", of="dlcore.factor.nll_score")
def test_unlikely_examples():
    pca = sklearn.decomposition.PCA(3, svd_solver="full").fit(X.numpy())
    signal = np.sqrt(pca.explained_variance_ - pca.noise_variance_)
    W, mean = torch.from_numpy(pca.components_.T * signal), torch.from_numpy(pca.mean_)
    expected = -pca.score_samples(X.numpy())
    assert_close(nll_score(X, W, float(pca.noise_variance_), mean), expected)
    factors = sklearn.decomposition.FactorAnalysis(2, svd_method="lapack").fit(X.numpy())
    W, psi = torch.from_numpy(factors.components_.T), torch.from_numpy(factors.noise_variance_)
    expected = -factors.score_samples(X.numpy())
    assert_close(nll_score(X, W, psi, torch.from_numpy(factors.mean_)), expected)


def test_far_out_in_the_plane_only_the_likelihood_sees():
    W, mean = loadings(), torch.zeros(7).double()
    far = 50 * W.T[:1]
    assert reconstruction_score(far, W, mean) < 1e-20
    assert nll_score(far, W, 0.5, mean) > nll_score(far / 50, W, 0.5, mean) + 1000


@pytest.mark.bad_input
def test_bad_input():
    for options in ({"n_components": 0}, {"skip": -1}):
        with pytest.raises(ValueError, match="n_components >= 1 and skip >= 0 expected"):
            EigenImages(**options).fit(FACES)
    model = EigenImages(2).fit(FACES)
    with pytest.raises(ValueError, match="fitted without labels"):
        model.predict(FACES)
    with pytest.raises(ValueError, match=r"images of shape \(n, 16, 16\) expected"):
        model.transform(FACES[:, :8])
    with pytest.raises(ValueError, match=r"images of shape \(n, ...\) expected"):
        EigenImages(2).fit(FACES[0, 0])
    with pytest.raises(ValueError, match="from 1 to 48"):
        EigenImages(49).fit(FACES)
    W, mean = loadings(), torch.zeros(7).double()
    with pytest.raises(ValueError, match="needs W of shape"):
        reconstruction_score(X, W.T, mean)
    for noise in (0.0, torch.zeros(7)):
        with pytest.raises(ValueError, match="noise variance must be positive"):
            nll_score(X, W, noise, mean)
    with pytest.raises(ValueError, match=r"noise of shape \(7,\) expected"):
        nll_score(X, W, torch.ones(3), mean)
