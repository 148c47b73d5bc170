"""A linear autoencoder against principal components; isolation scores of scikit-learn's forest."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score
from sklearn.utils.estimator_checks import check_estimator

from dlcore.applications import AutoencoderDetector, isolation_score
from tests.parity import assert_close


@pytest.mark.reference("sklearn.decomposition.PCA", of="dlcore.applications.AutoencoderDetector")
def test_a_linear_autoencoder_finds_the_principal_components(generator):
    X = torch.randn(80, 2, dtype=torch.float64, generator=generator)
    X = X @ torch.randn(2, 4, dtype=torch.float64, generator=generator)
    X = 3 + X + 0.2 * torch.randn(80, 4, dtype=torch.float64, generator=generator)
    detector = AutoencoderDetector(
        code=2, hidden=0, epochs=600, lr=0.02, batch_size=80, random_state=0
    ).fit(X)
    Z = ((X - X.mean(0)) / X.std(0)).numpy()
    pca = PCA(2).fit(Z)
    errors = ((Z - pca.inverse_transform(pca.transform(Z))) ** 2).mean(1)
    assert_close(-detector.score_samples(X), errors, atol=2e-3)


def test_the_interface_is_that_of_scikit_learn():
    results = check_estimator(AutoencoderDetector(epochs=2, random_state=0), on_skip=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}


@pytest.mark.reference("planted outliers", of="dlcore.applications.AutoencoderDetector")
def test_planted_outliers_score_lowest(generator):
    angle = 2 * torch.pi * torch.rand(200, generator=generator)
    ring = torch.stack([angle.cos(), angle.sin(), angle.cos() * angle.sin()], 1)
    ring = ring + 0.02 * torch.randn(200, 3, generator=generator)
    strange = torch.tensor([[0.0, 0.0, 0.5], [0.9, 0.9, -0.5], [0.0, 0.0, -0.6]])
    detector = AutoencoderDetector(code=2, epochs=60, contamination=0.02, random_state=1).fit(ring)
    scores = torch.cat([detector.score_samples(ring), detector.score_samples(strange)])
    truth = np.array([0] * 200 + [1] * 3)
    assert average_precision_score(truth, -scores) > 0.9
    assert detector.predict(strange).tolist() == [-1, -1, -1]
    assert int((detector.predict(ring) == -1).sum()) == 4
    assert torch.equal(
        detector.decision_function(ring), detector.score_samples(ring) - detector.offset_
    )
    again = AutoencoderDetector(code=2, epochs=60, contamination=0.02, random_state=1)
    assert_close(again.fit(ring.numpy()).predict(ring.numpy()), detector.predict(ring))


@pytest.mark.reference("sklearn.ensemble.IsolationForest", of="dlcore.applications.isolation_score")
def test_scores_of_scikit_learn(generator):
    X = torch.randn(60, 2, generator=generator).numpy()
    forest = IsolationForest(n_estimators=20, max_samples=32, random_state=0).fit(X)
    depths = np.zeros(60)
    for tree in forest.estimators_:
        leaves = tree.apply(X)
        visited = np.asarray(tree.decision_path(X).sum(1)).ravel()
        size = tree.tree_.n_node_samples[leaves]
        harmonic = np.array([np.sum(1 / np.arange(1, max(2, s))) for s in size])
        rest = np.where(size > 1, 2 * harmonic - 2 * (size - 1) / size, 0.0)
        depths += (visited - 1 + rest) / 20
    ours = isolation_score(torch.from_numpy(depths), 32)
    assert_close(ours, -forest.score_samples(X), rtol=0.02)
    assert (np.argsort(ours.numpy())[-5:] == np.argsort(-forest.score_samples(X))[-5:]).all()


@pytest.mark.bad_input
def test_what_does_not_fit():
    X = torch.zeros(5, 2)
    for call, message in (
        (lambda: AutoencoderDetector(code=0).fit(X), "code, epochs and batch_size"),
        (lambda: AutoencoderDetector(epochs=0).fit(X), "code, epochs and batch_size"),
        (lambda: AutoencoderDetector(contamination=0.6).fit(X), r"contamination in \(0, 0.5\]"),
        (lambda: AutoencoderDetector().fit(X + torch.nan), "NaN or infinity"),
        (lambda: isolation_score(torch.ones(2), 1), "n >= 2"),
        (lambda: isolation_score(-torch.ones(2), 9), "at least 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
