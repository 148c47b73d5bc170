"""Budgets against the published tables, survivors against sorting."""

import math

import pytest
import torch

from dlcore.evaluation import Uniform, halving_schedule, hyperband, successive_halving


@pytest.mark.reference(
    "Jamieson, Talwalkar (2016): n (log_eta n + 1) in all", of="dlcore.evaluation.halving_schedule"
)
@pytest.mark.parametrize(("n", "eta"), [(27, 3), (81, 3), (16, 2), (64, 4), (1, 3)])
def test_each_round_costs_the_same(n, eta):
    rungs = halving_schedule(n, eta=eta)
    assert sum(r.candidates * r.budget for r in rungs) == n * (round(math.log(n, eta)) + 1)
    assert rungs[-1].candidates == 1


def test_numbers_that_are_no_powers():
    assert halving_schedule(20, eta=3) == [(20, 1), (6, 3), (2, 9)]
    assert halving_schedule(20, min_budget=2, max_budget=17) == [(20, 2), (6, 6)]


@pytest.mark.reference("sorted", of="dlcore.evaluation.successive_halving")
def test_the_best_third_of_each_round_survives():
    values = torch.randn(27, 4, generator=torch.Generator().manual_seed(0)).tolist()
    rounds = {1: 0, 3: 1, 9: 2, 27: 3}
    candidates = [{"i": i} for i in range(27)]
    search = successive_halving(lambda p, r: values[p["i"]][rounds[r]], candidates)
    alive, expected = list(range(27)), []
    for r, column in rounds.items():
        expected += [(i, r) for i in alive]
        alive = sorted(alive, key=lambda i: values[i][column])[: len(alive) // 3]
    assert [(t.params["i"], t.budget) for t in search.trials] == expected
    assert sum(t.budget for t in search.trials) == 108


def test_what_broke_down_does_not_survive():
    search = successive_halving(
        lambda p, r: math.nan if p["i"] % 2 else p["i"], [{"i": i} for i in range(6)], eta=2
    )
    assert [t.params["i"] for t in search.trials[6:]] == [0, 2, 4, 0]


@pytest.mark.reference("Li et al. (2018), algorithm 1, by hand", of="dlcore.evaluation.hyperband")
def test_the_brackets():
    brackets = hyperband(
        lambda p, r: p["x"],
        {"x": Uniform(0, 1)},
        max_budget=81,
        generator=torch.Generator().manual_seed(0),
    )
    rounds = []
    for search in brackets:
        budgets = [int(trial.budget) for trial in search.trials]
        rounds.append([(budgets.count(r), r) for r in sorted(set(budgets))])
    assert rounds == [
        [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
        [(34, 3), (11, 9), (3, 27), (1, 81)],
        [(15, 9), (5, 27), (1, 81)],
        [(8, 27), (2, 81)],
        [(5, 81)],
    ]
    for search in brackets:
        last = [trial for trial in search.trials if trial.budget == 81]
        assert search.best == min(last, key=lambda trial: trial.value)


@pytest.mark.bad_input
def test_bad_budgets_are_refused():
    for options in ({"n": 0}, {"n": 3, "min_budget": 0}, {"n": 3, "eta": 1}):
        with pytest.raises(ValueError, match="at least"):
            halving_schedule(**options)
    with pytest.raises(ValueError, match="max_budget"):
        halving_schedule(3, min_budget=4, max_budget=3)
    with pytest.raises(ValueError, match="nothing to try"):
        successive_halving(lambda p, r: 0, [])
    with pytest.raises(ValueError, match="max_budget"):
        hyperband(lambda p, r: 0, {"x": Uniform(0, 1)}, max_budget=0)
