"""Leaks that were planted are found, and nothing else."""

import pytest
import torch

from dlcore.data import load_iris
from dlcore.evaluation import LeakageReport, check_leakage

GENERATOR = torch.Generator().manual_seed(0)
TRAIN = torch.randn(60, 5, generator=GENERATOR)
TEST = torch.randn(20, 5, generator=GENERATOR)
LABELS = torch.arange(60) % 3


@pytest.mark.reference("leaks planted by hand", of="dlcore.evaluation.check_leakage")
def test_examples_in_both_parts():
    test = TEST.clone()
    test[3], test[7] = TRAIN[11], TRAIN[0] + 1e-3
    assert check_leakage(TRAIN, TEST, LABELS).clean
    report = check_leakage(TRAIN, test)
    assert report.duplicates == report.near_duplicates == [3]
    report = check_leakage(TRAIN, test, tolerance=0.01)
    assert report.duplicates == [3]
    assert report.near_duplicates == [3, 7]
    images = check_leakage(TRAIN.reshape(60, 5, 1), test.reshape(20, 5, 1).double())
    assert images.duplicates == [3]


def test_zeros_of_both_signs_are_the_same():
    assert check_leakage(torch.zeros(2, 1), -torch.zeros(1, 1)).duplicates == [0]


def test_groups_and_times_in_both_parts():
    groups = torch.arange(60) // 3, torch.arange(20) // 2 + 17
    assert check_leakage(TRAIN, TEST, groups=groups).groups == [17, 18, 19]
    times = torch.arange(60), torch.arange(20) + 57
    assert check_leakage(TRAIN, TEST, times=times).late == [58, 59]
    apart = check_leakage(
        TRAIN,
        TEST,
        groups=(torch.zeros(60), torch.ones(20)),
        times=(torch.arange(60), torch.arange(20) + 60),
    )
    assert apart.clean


@pytest.mark.parametrize("sign", [1, -1])
def test_a_feature_that_is_the_label(sign):
    leaky = TRAIN.clone()
    leaky[:, 2] = sign * LABELS + 0.1 * TRAIN[:, 0].tanh()
    assert check_leakage(leaky, TEST, LABELS).proxies == [2]
    assert check_leakage(leaky, TEST, torch.zeros(60)).proxies == []


@pytest.mark.reference("by hand", of="dlcore.evaluation.LeakageReport")
def test_a_feature_that_tells_may_be_an_honest_one():
    """The petals of one species are smaller than all others."""
    iris = load_iris()
    report = check_leakage(iris.train.X, iris.test.X, iris.train.y)
    assert [iris.features[j] for j in report.proxies] == ["petal length (cm)", "petal width (cm)"]
    assert not report.clean
    assert str(report) == "leakage: 2 proxies"
    assert str(LeakageReport([], [], [], [], [])) == "no leakage found"


@pytest.mark.bad_input
def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="one shape"):
        check_leakage(TRAIN, TEST[:, :2])
    with pytest.raises(ValueError, match="one shape"):
        check_leakage(TRAIN, TEST[:0])
    with pytest.raises(ValueError, match="finite"):
        check_leakage(TRAIN, TEST * torch.nan)
    with pytest.raises(ValueError, match="y_train"):
        check_leakage(TRAIN, TEST, LABELS[:-1])
    with pytest.raises(ValueError, match="groups must have"):
        check_leakage(TRAIN, TEST, groups=(LABELS, LABELS))
    for options in ({"tolerance": -1.0}, {"proxy_auc": 0.5}):
        with pytest.raises(ValueError, match="proxy_auc"):
            check_leakage(TRAIN, TEST, **options)
