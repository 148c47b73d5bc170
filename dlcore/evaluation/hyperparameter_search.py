"""Searching for hyperparameters: grid, random, and random followed by a closer look."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import torch

from dlcore.evaluation.search_spaces import Choice, Space, require_space, sample_point

Objective = Callable[[Mapping[str, Any]], float]


class Trial(NamedTuple):
    """One set of hyperparameters that was tried.

    Attributes:
        params: the hyperparameters by name.
        value: what is to be small, NaN where the run broke down.
        budget: what it was trained with, in units of the search; None if there is no choice.
    """

    params: dict[str, Any]
    value: float
    budget: float | None = None


class Search(NamedTuple):
    """All trials of a search, in their order.

    Attributes:
        trials: what was tried.

    Section: :ref:`sec-search`
    Source: the definition.

    Example:
        >>> Search([Trial({"lr": 1.0}, 3.0), Trial({"lr": 0.1}, 2.0)]).best.params
        {'lr': 0.1}

    In production: optuna.study.Study.
    """

    trials: list[Trial]

    @property
    def best(self) -> Trial:
        """The trial with the smallest value, the first of several; runs that broke down lose.

        Where budgets differ, only trials with the largest are compared.
        """
        most = max(trial.budget or 0 for trial in self.trials)
        last = [trial for trial in self.trials if (trial.budget or 0) == most]
        return min(last, key=lambda trial: _finite(trial.value))

    @property
    def best_so_far(self) -> list[float]:
        """The smallest value after each trial; it never grows."""
        lowest, record = math.inf, []
        for trial in self.trials:
            lowest = min(lowest, _finite(trial.value))
            record.append(lowest)
        return record


def exhaustive_search(objective: Objective, candidates: Iterable[Mapping[str, Any]]) -> Search:
    """Try every candidate: on `parameter_grid` this is grid search.

    Args:
        objective: maps hyperparameters to what is to be small.
        candidates: the hyperparameters to try.

    Returns:
        The trials in the order of the candidates.

    Raises:
        ValueError: no candidates.

    Section: :ref:`sec-random-search`
    Source: the definition.

    Example:
        >>> exhaustive_search(lambda p: (p["x"] - 2) ** 2, [{"x": 1}, {"x": 2}]).best
        Trial(params={'x': 2}, value=0.0, budget=None)

    In production: sklearn.model_selection.GridSearchCV.
    """
    trials = [Trial(dict(params), float(objective(params))) for params in candidates]
    if not trials:
        raise ValueError("exhaustive_search: there is nothing to try")
    return Search(trials)


def random_search(
    objective: Objective,
    space: Space,
    n: int,
    *,
    generator: torch.Generator | None = None,
) -> Search:
    """Try independent draws from a search space.

    Every trial has a new value on every axis, so that n trials show n values of the one that
    matters, where a grid of as many shows only its d-th root.

    Args:
        objective: maps hyperparameters to what is to be small.
        space: a dimension for each hyperparameter's name.
        n: how many trials.
        generator: source of the draws; by default torch's global one.

    Returns:
        The trials in their order.

    Raises:
        ValueError: an empty space, or fewer than one trial.
        TypeError: a value of the space that is no dimension.

    Equation: :eq:`eq-random-hit`
    Section: :ref:`sec-random-search`
    Source: Bergstra, Bengio (2012), Random search for hyper-parameter optimization, JMLR 13.

    Example:
        >>> from dlcore.evaluation import Uniform
        >>> g = torch.Generator().manual_seed(0)
        >>> search = random_search(lambda p: p["x"] ** 2, {"x": Uniform(-1, 1)}, 50, generator=g)
        >>> len(search.trials), search.best.value < 0.01
        (50, True)

    In production: optuna.samplers.RandomSampler, sklearn.model_selection.RandomizedSearchCV.
    """
    require_space(space)
    if n < 1:
        raise ValueError(f"random_search: at least one trial is needed, got {n}")
    return exhaustive_search(objective, (sample_point(space, generator) for _ in range(n)))


def two_stage_search(
    objective: Objective,
    space: Space,
    *,
    explore: int = 20,
    exploit: int = 10,
    width: float = 0.1,
    generator: torch.Generator | None = None,
) -> Search:
    """Random trials over the whole space, then more of them near the best one so far.

    A closer look steps by a share of each dimension in its own scale: a log-uniform rate is
    multiplied, not added to, and none leaves its bounds. Choices stay as the best trial has them.

    Args:
        objective: maps hyperparameters to what is to be small.
        space: a dimension for each hyperparameter's name.
        explore: trials over the whole space.
        exploit: trials near the best.
        width: standard deviation of a step, as a share of the dimension.
        generator: source of the draws; by default torch's global one.

    Returns:
        explore + exploit trials in their order.

    Raises:
        ValueError: an empty space, no trial to explore, a negative number to exploit, or a width
            that is not positive.
        TypeError: a value of the space that is no dimension.

    Section: :ref:`sec-random-search`
    Source: Bengio (2012), Practical recommendations for gradient-based training of deep
        architectures, arXiv:1206.5533, section 3.3: coarse, then fine.

    Example:
        >>> from dlcore.evaluation import LogUniform
        >>> g = torch.Generator().manual_seed(0)
        >>> search = two_stage_search(
        ...     lambda p: abs(p["lr"] - 0.01), {"lr": LogUniform(1e-5, 1.0)}, generator=g
        ... )
        >>> len(search.trials)
        30

    In production: two runs of a random search, the second in a smaller space.
    """
    require_space(space)
    if explore < 1 or exploit < 0 or not width > 0:
        raise ValueError(
            "two_stage_search needs a trial to explore, none or more to exploit, and a positive "
            f"width; got {explore}, {exploit} and {width}"
        )
    search = random_search(objective, space, explore, generator=generator)
    for _ in range(exploit):
        params = _nearby(space, search.best.params, width, generator)
        search.trials.append(Trial(params, float(objective(params))))
    return search


def _nearby(
    space: Space, params: Mapping[str, Any], width: float, generator: torch.Generator | None
) -> dict[str, Any]:
    device = generator.device if generator else None
    near = {}
    for name, dimension in space.items():
        if isinstance(dimension, Choice):
            near[name] = params[name]
            continue
        step = width * float(torch.randn((), generator=generator, device=device))
        near[name] = dimension.quantile(min(max(dimension.cdf(params[name]) + step, 0.0), 1.0))
    return near


def _finite(value: float) -> float:
    return value if not math.isnan(value) else math.inf
