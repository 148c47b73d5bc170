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
    t = 2 * torch.rand(200, 1, generator=generator) - 1
    curve = torch.cat([t, t**2, t**3], 1) + 0.02 * torch.randn(200, 3, generator=generator)
    strange = torch.tensor([[0.0, 1.0, 0.0], [0.9, 0.0, -0.9], [-0.8, 0.6, 0.8]])
    detector = AutoencoderDetector(code=1, epochs=60, contamination=0.02, random_state=1).fit(curve)
    scores = torch.cat([detector.score_samples(curve), detector.score_samples(strange)])
    truth = np.array([0] * 200 + [1] * 3)
    assert average_precision_score(truth, -scores) > 0.9
    assert detector.predict(strange).tolist() == [-1, -1, -1]
    assert int((detector.predict(curve) == -1).sum()) == 4
    assert torch.equal(
        detector.decision_function(curve), detector.score_samples(curve) - detector.offset_
    )
    again = AutoencoderDetector(code=1, epochs=60, contamination=0.02, random_state=1)
    assert_close(again.fit(curve.numpy()).predict(curve.numpy()), detector.predict(curve))


@pytest.mark.reference("sklearn.ensemble.IsolationForest", of="dlcore.applications.isolation_score")
def test_scores_of_scikit_learn(generator):
    X = torch.randn(300, 2, generator=generator).numpy()
    forest = IsolationForest(n_estimators=20, max_samples=256, random_state=0).fit(X)
    depths = np.zeros(300)
    for tree in forest.estimators_:
        leaves = tree.apply(X)
        visited = np.asarray(tree.decision_path(X).sum(1)).ravel()
        size = tree.tree_.n_node_samples[leaves]
        with np.errstate(divide="ignore"):
            unfinished = 2 * (np.log(size - 1) + np.euler_gamma) - 2 * (size - 1) / size
        rest = np.select([size == 1, size == 2], [0.0, 1.0], unfinished)
        depths += (visited - 1 + rest) / 20
    ours = isolation_score(torch.from_numpy(depths), 256)
    assert_close(ours, -forest.score_samples(X), rtol=3e-3)


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
