"""Little training for many candidates, much for the few that earn it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch

from dlcore.evaluation.hyperparameter_search import Search, Trial
from dlcore.evaluation.search_spaces import Space, require_space, sample_point

BudgetedObjective = Callable[[Mapping[str, Any], int], float]


class Rung(NamedTuple):
    """A round of successive halving: so many candidates, trained with so much.

    Attributes:
        candidates: how many take part.
        budget: what each is trained with, from the beginning.
    """

    candidates: int
    budget: int


def halving_schedule(
    n: int, *, min_budget: int = 1, max_budget: int | None = None, eta: int = 3
) -> list[Rung]:
    r"""How many candidates get how much in each round of successive halving.

    Args:
        n: candidates at the start.
        min_budget: what each of them is trained with in the first round.
        max_budget: the most that any is trained with; by default one round more than n can be
            divided.
        eta: $\eta$: one in so many survives a round, and gets so many times the budget.

    Returns:
        The rounds; the cost is the sum of candidates times budget.

    Raises:
        ValueError: n or min_budget below 1, eta below 2, or max_budget below min_budget.

    Equation: :eq:`eq-halving-cost`
    Section: :ref:`sec-successive-halving`
    Source: Jamieson, Talwalkar (2016), Non-stochastic best arm identification and hyperparameter
        optimization, arXiv:1502.07943.

    Example:
        >>> [tuple(rung) for rung in halving_schedule(27)]
        [(27, 1), (9, 3), (3, 9), (1, 27)]

    In production: sklearn.model_selection.HalvingRandomSearchCV.
    """
    if n < 1 or min_budget < 1 or eta < 2:
        raise ValueError(
            f"n and min_budget must be at least 1 and eta at least 2, got {n}, {min_budget}, {eta}"
        )
    if max_budget is not None and max_budget < min_budget:
        raise ValueError(f"max_budget must be at least {min_budget}, got {max_budget}")
    rungs = [Rung(n, min_budget)]
    while rungs[-1].candidates >= eta:
        budget = rungs[-1].budget * eta
        if max_budget is not None and budget > max_budget:
            break
        rungs.append(Rung(rungs[-1].candidates // eta, budget))
    return rungs


def successive_halving(
    objective: BudgetedObjective,
    candidates: Sequence[Mapping[str, Any]],
    *,
    min_budget: int = 1,
    max_budget: int | None = None,
    eta: int = 3,
) -> Search:
    r"""Train all candidates a little, keep the best $1/\eta$, give these $\eta$ times as much.

    What a small budget ranks wrongly is lost: a candidate that starts slowly and ends best goes
    in the first round.

    Args:
        objective: maps hyperparameters and a budget, say epochs, to what is to be small.
        candidates: the hyperparameters to begin with.
        min_budget: the budget of the first round.
        max_budget: the largest budget; by default as far as the candidates last.
        eta: $\eta$.

    Returns:
        All trials, round by round; `best` is the best of those with the largest budget.

    Raises:
        ValueError: no candidates, or as in `halving_schedule`.

    Equation: :eq:`eq-halving-cost`
    Section: :ref:`sec-successive-halving`
    Source: Jamieson, Talwalkar (2016), Non-stochastic best arm identification and hyperparameter
        optimization, arXiv:1502.07943.

    Example:
        >>> candidates = [{"x": x} for x in range(9)]
        >>> search = successive_halving(lambda p, budget: p["x"] / budget, candidates)
        >>> [(trial.params["x"], trial.budget) for trial in search.trials[9:]]
        [(0, 3), (1, 3), (2, 3), (0, 9)]

    In production: optuna.pruners.SuccessiveHalvingPruner, ray.tune's ASHAScheduler.
    """
    if not candidates:
        raise ValueError("successive_halving: there is nothing to try")
    alive = [dict(candidate) for candidate in candidates]
    trials: list[Trial] = []
    for n, budget in halving_schedule(
        len(candidates), min_budget=min_budget, max_budget=max_budget, eta=eta
    ):
        alive = alive[:n]
        tried = [Trial(params, float(objective(params, budget)), budget) for params in alive]
        trials += tried
        alive = [trial.params for trial in sorted(tried, key=_value)]
    return Search(trials)


def hyperband(
    objective: BudgetedObjective,
    space: Space,
    *,
    max_budget: int = 27,
    eta: int = 3,
    generator: torch.Generator | None = None,
) -> list[Search]:
    r"""Successive halving several times over, from many candidates with little to few with much.

    One round of halving bets that a small budget ranks well. Hyperband spreads the bet: its
    brackets start at $1, \eta, \eta^2, \dots$ up to the largest budget, at about the same cost.

    Args:
        objective: maps hyperparameters and a budget to what is to be small.
        space: a dimension for each hyperparameter's name.
        max_budget: R, the most that a candidate is trained with.
        eta: $\eta$.
        generator: source of the draws; by default torch's global one.

    Returns:
        One search for each bracket, the most aggressive first.

    Raises:
        ValueError: an empty space, max_budget below 1 or eta below 2.
        TypeError: a value of the space that is no dimension.

    Equation: :eq:`eq-halving-cost`
    Section: :ref:`sec-successive-halving`
    Source: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar (2018), Hyperband, arXiv:1603.06560.

    Example:
        >>> from dlcore.evaluation import Uniform
        >>> brackets = hyperband(lambda p, r: p["x"] / r, {"x": Uniform(0, 1)}, max_budget=9)
        >>> [(len(search.trials), search.trials[0].budget) for search in brackets]
        [(13, 1), (6, 3), (3, 9)]

    In production: optuna.pruners.HyperbandPruner.
    """
    require_space(space)
    if max_budget < 1 or eta < 2:
        raise ValueError(f"max_budget >= 1 and eta >= 2 are needed, got {max_budget} and {eta}")
    most = 0
    while eta ** (most + 1) <= max_budget:
        most += 1
    brackets = []
    for s in range(most, -1, -1):
        n = -(-(most + 1) * eta**s // (s + 1))
        candidates = [sample_point(space, generator) for _ in range(n)]
        first = max(max_budget // eta**s, 1)
        brackets.append(
            successive_halving(
                objective, candidates, min_budget=first, max_budget=max_budget, eta=eta
            )
        )
    return brackets


def _value(trial: Trial) -> tuple[bool, float]:
    return trial.value != trial.value, trial.value
