"""A healthy training passes every check; each planted fault is found by the check that is named."""

import pytest
import torch

from dlcore.data import blobs, load_digits
from dlcore.evaluation import PLANTED_BUGS, PlantedBug, TrainingSetup, plant_bug, sanity_report

CENTRES = torch.tensor([[-2.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
BLOBS = tuple(
    part
    for seed in (0, 1)
    for part in blobs(300, CENTRES, generator=torch.Generator().manual_seed(seed))
)
NAMES = [
    "inputs scaled",
    "labels used",
    "no feature tells",
    "neighbours agree",
    "logits",
    "initial loss",
    "examples apart",
    "living units",
    "parameters move",
    "fresh gradients",
    "update size",
    "overfit a batch",
    "beats chance",
]


def failures(bug, data=BLOBS):
    return [c.name for c in sanity_report(lambda: plant_bug(bug, *data)) if not c.passed]


@pytest.mark.reference("a healthy training", of="dlcore.evaluation.sanity_report")
def test_a_healthy_training_passes():
    report = sanity_report(lambda: plant_bug(None, *BLOBS))
    assert [check.name for check in report] == NAMES
    assert [check.name for check in report if not check.passed] == []


@pytest.mark.reference("the fault that was planted", of="dlcore.evaluation.plant_bug")
@pytest.mark.reference("the fault that was planted", of="dlcore.evaluation.PlantedBug")
@pytest.mark.parametrize("bug", PLANTED_BUGS)
def test_each_fault_is_found_first_by_the_check_that_is_named(bug):
    assert isinstance(PLANTED_BUGS[bug], PlantedBug)
    assert failures(bug)[0] == PLANTED_BUGS[bug].found_by


@pytest.mark.parametrize("bug", [None, "wrong-reshape", "leaked-label"])
def test_the_same_holds_for_digits(bug):
    digits = load_digits()
    mean, std = digits.train.X.mean(0), digits.train.X.std(0).clamp(min=0.1)
    X, X_val = ((part.X - mean) / std for part in (digits.train, digits.validation))
    found = failures(bug, (X, digits.train.y, X_val, digits.validation.y))
    assert found[:1] == ([PLANTED_BUGS[bug].found_by] if bug else [])


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.evaluation.TrainingSetup")
def test_a_setup_is_the_same_each_time_and_leaves_the_global_generator_alone():
    torch.manual_seed(0)
    first, second = plant_bug(None, *BLOBS), plant_bug(None, *BLOBS)
    drawn = torch.rand(3)
    torch.manual_seed(0)
    assert torch.equal(drawn, torch.rand(3))
    assert isinstance(first, TrainingSetup)
    assert first.classes == first.model[-1].out_features == 3
    for a, b in zip(first.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(a, b)
    loss = first.step(first.X[:8], first.y[:8])
    expected = torch.nn.functional.cross_entropy(second.model(second.X[:8]), second.y[:8])
    assert torch.allclose(loss, expected)


@pytest.mark.bad_input
def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="unknown bug 'typo'"):
        plant_bug("typo", *BLOBS)
    for options in ({"batch_size": 1}, {"epochs": 0}):
        with pytest.raises(ValueError, match="an epoch"):
            sanity_report(lambda: plant_bug(None, *BLOBS), **options)
