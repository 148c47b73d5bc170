"""Scalers against scikit-learn."""

import numpy as np
import pytest
import sklearn.preprocessing as peer

from dlcore.classical import MinMaxScaler, StandardScaler
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X = (gaussian(31, 4) * 3 + 100).numpy()
X[:, 3] = 0.1
NEW = (gaussian(7, 4, seed=1) * 3 + 100).numpy()


def same(ours, theirs):
    assert_close(ours.fit_transform(X), theirs.fit_transform(X), rtol=1e-8, atol=1e-8)
    assert_close(ours.transform(NEW), theirs.transform(NEW), rtol=1e-8, atol=1e-8)
    assert_close(ours.inverse_transform(ours.transform(NEW)), NEW, rtol=1e-8)
    assert ours.fit(X).get_feature_names_out().tolist() == ["x0", "x1", "x2", "x3"]
    return ours, theirs


@pytest.mark.reference("sklearn.preprocessing.StandardScaler", of="dlcore.classical.StandardScaler")
@pytest.mark.parametrize("with_mean", [True, False])
@pytest.mark.parametrize("with_std", [True, False])
def test_standard(with_mean, with_std):
    options = {"with_mean": with_mean, "with_std": with_std}
    ours, theirs = same(StandardScaler(**options), peer.StandardScaler(**options))
    assert_close(ours.mean_, X.mean(0))
    assert_close(ours.var_, X.var(0), atol=1e-12)
    if with_std:
        assert_close(ours.scale_, theirs.scale_)


@pytest.mark.reference("sklearn.preprocessing.MinMaxScaler", of="dlcore.classical.MinMaxScaler")
@pytest.mark.parametrize("feature_range", [(0, 1), (-2, 3)])
def test_min_max(feature_range):
    ours, theirs = same(MinMaxScaler(feature_range), peer.MinMaxScaler(feature_range))
    for name in ("data_min_", "data_max_", "scale_", "min_"):
        assert_close(getattr(ours, name), getattr(theirs, name))


def test_the_test_data_do_not_matter():
    scaler = StandardScaler().fit(X)
    assert_close(scaler.transform(np.vstack([NEW, 1000 + NEW]))[:7], scaler.transform(NEW))


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="feature_range must be an interval"):
        MinMaxScaler((1, 0)).fit(X)
