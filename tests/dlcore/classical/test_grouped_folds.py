"""Folds of groups and of time, and the robust scaler, against scikit-learn."""

import numpy as np
import pytest
import sklearn.model_selection as peer
import torch
from sklearn.preprocessing import RobustScaler as PeerScaler

from dlcore.classical import GroupKFold, RobustScaler, TimeSeriesSplit
from tests.parity import assert_close

GROUPS = np.array(list("aabbbcdddddeefgggg"))
X = np.zeros((18, 2))


def same_folds(ours, theirs, **options):
    pairs = list(zip(ours.split(X, **options), theirs.split(X, **options), strict=True))
    assert len(pairs) == ours.get_n_splits(X)
    for mine, expected in pairs:
        for a, b in zip(mine, expected, strict=True):
            assert np.array_equal(a, b)


@pytest.mark.reference("sklearn.model_selection.GroupKFold", of="dlcore.classical.GroupKFold")
@pytest.mark.parametrize("k", [2, 3, 7])
def test_groups(k):
    same_folds(GroupKFold(k), peer.GroupKFold(k), groups=GROUPS)
    for train, test in GroupKFold(k).split(torch.zeros(18, 2), groups=GROUPS):
        assert isinstance(train, torch.Tensor)
        assert not set(GROUPS[train]) & set(GROUPS[test])


@pytest.mark.reference(
    "sklearn.model_selection.TimeSeriesSplit", of="dlcore.classical.TimeSeriesSplit"
)
@pytest.mark.parametrize("options", [{}, {"gap": 2}, {"test_size": 3}, {"test_size": 2, "gap": 4}])
def test_time(options):
    same_folds(TimeSeriesSplit(3, **options), peer.TimeSeriesSplit(3, **options))
    for train, test in TimeSeriesSplit(3, **options).split(torch.zeros(18, 2)):
        assert train.max() + options.get("gap", 0) < test.min()


@pytest.mark.reference("sklearn.preprocessing.RobustScaler", of="dlcore.classical.RobustScaler")
@pytest.mark.parametrize(
    "options",
    [{}, {"with_centering": False}, {"with_scaling": False}, {"quantile_range": (10.0, 80.0)}],
)
def test_robust_scaler(options):
    rng = np.random.default_rng(0)
    A = rng.standard_cauchy((31, 4))
    A[:, 3] = 0.1
    new = rng.normal(size=(7, 4))
    ours, theirs = RobustScaler(**options).fit(A), PeerScaler(**options).fit(A)
    assert_close(ours.transform(new), theirs.transform(new), rtol=1e-8, atol=1e-9)
    assert_close(ours.inverse_transform(ours.transform(new)), new, rtol=1e-8)


def test_one_wild_value_leaves_the_others_spread():
    nine = torch.tensor([*range(1, 10), 1000]).float()[:, None]
    scaled = RobustScaler().fit_transform(nine)[:9]
    assert (scaled.max() - scaled.min()).item() == pytest.approx(8 / 4.5)


@pytest.mark.bad_input
def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="n_splits"):
        GroupKFold(1)
    with pytest.raises(ValueError, match="one group for each"):
        next(GroupKFold(2).split(X))
    with pytest.raises(ValueError, match="7 groups into 8"):
        next(GroupKFold(8).split(X, groups=GROUPS))
    for options in ({"test_size": 0}, {"gap": -1}):
        with pytest.raises(ValueError, match="test_size >= 1"):
            TimeSeriesSplit(3, **options)
    with pytest.raises(ValueError, match="too few"):
        next(TimeSeriesSplit(3, test_size=6).split(X))
    with pytest.raises(ValueError, match="quantile_range"):
        RobustScaler(quantile_range=(75, 25)).fit(X)
