"""The two calls of a comparison do the same work; what they take is never tested."""

import csv

import pytest
import torch

from benchmarks.__main__ import compare
from benchmarks.classical import CLASSICAL
from benchmarks.classical_ensembles import CLASSICAL_ENSEMBLES
from benchmarks.comparisons import COMPARISONS
from benchmarks.evaluation import EVALUATION
from benchmarks.linear_algebra import LINEAR_ALGEBRA
from benchmarks.record import append

TRAINING = "five epochs on the digits"
SCORES = (
    LINEAR_ALGEBRA.keys()
    | CLASSICAL.keys()
    | CLASSICAL_ENSEMBLES.keys()
    | EVALUATION.keys()
    | {TRAINING}
)


@pytest.mark.parametrize("name", sorted(COMPARISONS.keys() - SCORES))
def test_both_calls_give_the_same_gradients(name):
    torch.manual_seed(0)
    ours, peer = COMPARISONS[name][1](torch.device("cpu"))
    for a, b in zip(ours(), peer(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", LINEAR_ALGEBRA)
def test_linear_algebra_is_compared_at_equal_accuracy(name):
    torch.manual_seed(0)
    ours, peer = COMPARISONS[name][1](torch.device("cpu"))
    for a, b in zip(ours(), peer(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", CLASSICAL)
def test_classical_models_are_compared_at_equal_accuracy(name):
    ours, peer = CLASSICAL[name][1](torch.device("cpu"), n=600)
    for a, b in zip(ours(), peer(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=2e-3)


@pytest.mark.parametrize("name", CLASSICAL_ENSEMBLES)
def test_ensembles_are_compared_at_equal_accuracy(name):
    ours, peer = CLASSICAL_ENSEMBLES[name][1](torch.device("cpu"), n=600)
    for a, b in zip(ours(), peer(), strict=True):
        torch.testing.assert_close(a, b, rtol=0.08, atol=0.0)


@pytest.mark.parametrize("name", EVALUATION)
def test_measures_are_the_same_number(name):
    ours, peer = EVALUATION[name][1](torch.device("cpu"), n=3000)
    for a, b in zip(ours(), peer(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-8, atol=1e-9)


def test_medians_and_ratio_of_two_calls():
    row = compare(lambda: sum(range(20_000)), lambda: None, budget=0.0)
    assert row["runs"] >= 5
    assert row["ratio"] > 1


def test_rows_are_appended_under_one_header(tmp_path):
    for ratio in (1, 2):
        append([{"comparison": "a", "ratio": ratio}], tmp_path / "cpu.csv")
    with (tmp_path / "cpu.csv").open() as file:
        assert [row["ratio"] for row in csv.DictReader(file)] == ["1", "2"]
