"""Probes of features that do not move, against scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mutual_info_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from dlcore.representation import (
    LabelEfficiency,
    MutualInformationGap,
    knn_probe,
    label_efficiency_curve,
    mutual_information_gap,
)
from tests.parity import assert_close


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    X, y = torch.from_numpy(X).float(), torch.from_numpy(y).long()
    order = torch.randperm(150, generator=torch.Generator().manual_seed(0))
    train, rest = order[:90], order[90:]
    return X[train], y[train], X[rest], y[rest]


@pytest.mark.reference(
    "sklearn.neighbors.KNeighborsClassifier", of="dlcore.representation.knn_probe"
)
def test_neighbours_by_cosine(iris):
    X, y, X_val, y_val = iris
    backbone = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Dropout())
    before = {k: v.clone() for k, v in backbone.state_dict().items()}
    backbone.eval()
    with torch.no_grad():
        features, asked = backbone(X).numpy(), backbone(X_val).numpy()
    backbone.train()
    for k in (1, 7):
        reference = KNeighborsClassifier(k, metric="cosine").fit(features, y)
        assert knn_probe(backbone, X, y, X_val, y_val, k=k) == pytest.approx(
            reference.score(asked, y_val), abs=1e-9
        )
    assert backbone.training
    assert all(torch.equal(v, before[k]) for k, v in backbone.state_dict().items())


@pytest.mark.reference(
    "sklearn.linear_model.LogisticRegression", of="dlcore.representation.label_efficiency_curve"
)
def test_few_labels_of_each_class(iris):
    X, y, X_val, y_val = iris
    full = int(y.bincount().min())
    curve = label_efficiency_curve(
        nn.Identity(), X, y, X_val, y_val, per_class=(2, full), repeats=3,
        generator=torch.Generator().manual_seed(4),
    )  # fmt: skip
    assert curve.per_class == (2, full)
    assert curve.accuracies.shape == (2, 3)
    generator = torch.Generator().manual_seed(4)
    for r in range(3):
        order = torch.randperm(90, generator=generator).numpy()
        for s, size in enumerate(curve.per_class):
            chosen = np.concatenate([order[y.numpy()[order] == c][:size] for c in range(3)])
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
            score = model.fit(X[chosen], y[chosen]).score(X_val, y_val)
            assert curve.accuracies[s, r].item() == pytest.approx(score, abs=1e-6)
    assert curve.accuracies[1].mean() > curve.accuracies[0].mean()


@pytest.mark.reference("typing.NamedTuple", of="dlcore.representation.LabelEfficiency")
@pytest.mark.reference("typing.NamedTuple", of="dlcore.representation.MutualInformationGap")
def test_results_unpack():
    sizes, accuracies = LabelEfficiency((1,), torch.ones(1, 2))
    score, gaps, information = MutualInformationGap(0.5, torch.ones(1), torch.ones(2, 1))
    assert (sizes, accuracies.shape, score) == ((1,), (1, 2), 0.5)
    assert gaps.shape + information.shape == (1, 2, 1)


@pytest.mark.reference(
    "sklearn.metrics.mutual_info_score", of="dlcore.representation.mutual_information_gap"
)
def test_the_gap_by_contingency_tables(generator):
    factors = torch.stack([torch.randint(k, (400,), generator=generator) for k in (3, 4)], dim=1)
    codes = torch.randn(400, 3, generator=generator, dtype=torch.float64)
    codes[:, 0] += 2 * factors[:, 0]
    codes[:, 1] += factors[:, 0] + factors[:, 1]
    cells = [np.digitize(c, np.quantile(c, np.arange(1, 8) / 8)) for c in codes.numpy().T]
    expected = np.array([[mutual_info_score(c, v) for v in factors.numpy().T] for c in cells])
    entropy = [mutual_info_score(v, v) for v in factors.numpy().T]
    found = mutual_information_gap(codes, factors, bins=8)
    assert_close(found.information, expected)
    ranked = np.sort(expected, axis=0)
    assert_close(found.gaps, (ranked[-1] - ranked[-2]) / entropy)
    assert found.score == pytest.approx(found.gaps.mean().item())


def test_a_rotation_hides_the_factors():
    factors = torch.cartesian_prod(torch.arange(8), torch.arange(8))
    codes = factors.double()
    assert mutual_information_gap(codes, factors, bins=8).score == pytest.approx(1)
    turned = codes @ torch.tensor([[1.0, 1.0], [-1.0, 1.0]], dtype=torch.float64)
    assert mutual_information_gap(turned, factors, bins=8).score < 0.05


@pytest.mark.bad_input
def test_what_does_not_fit():
    X, y, net = torch.rand(6, 2), torch.arange(6) % 2, nn.Identity()
    f = y[:, None]
    for call, message in (
        (lambda: knn_probe(net, X, y[:5], X, y), "differ in length: 6 and 5"),
        (lambda: knn_probe(net, X, y, X, y, k=7), "7"),
        (lambda: label_efficiency_curve(net, X, y, X, y, per_class=(4,)), r"1\.\.3"),
        (lambda: label_efficiency_curve(net, X, y, X, y, per_class=()), r"got \(\)"),
        (lambda: label_efficiency_curve(net, X, 0 * y, X, y, per_class=(1,)), "2 classes"),
        (lambda: label_efficiency_curve(net, X, y, X, y, per_class=(1,), repeats=0), "one draw"),
        (lambda: mutual_information_gap(X[:, :1], f), "d at least 2"),
        (lambda: mutual_information_gap(X, f[:5]), "factors"),
        (lambda: mutual_information_gap(X, 0 * f), "same for all"),
        (lambda: mutual_information_gap(X, f, bins=1), "2 bins"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
