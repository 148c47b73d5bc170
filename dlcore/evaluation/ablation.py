"""What each part of a system is worth: leaving it out, alone or together with others."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy import stats

Run = Callable[[dict[str, bool], int], float]


class AblationEffect(NamedTuple):
    """What a component, or two together, change in the score.

    Attributes:
        components: the names; two for an interaction.
        effect: mean over the seeds.
        low: lower end of its confidence interval.
        high: its upper end.
    """

    components: tuple[str, ...]
    effect: float
    low: float
    high: float


class Ablation(NamedTuple):
    """All runs of an ablation study and what follows from them.

    Attributes:
        scores: by which components were on, as a tuple of truth values in the order given; one
            score for each seed.
        effects: of each component, then of each pair where all combinations were run.
    """

    scores: dict[tuple[bool, ...], np.ndarray]
    effects: list[AblationEffect]


def ablation_study(
    run: Run,
    components: Sequence[str],
    *,
    seeds: Sequence[int] = (0, 1, 2),
    full: bool = False,
    confidence: float = 0.95,
) -> Ablation:
    r"""Train with and without each component, with the same seeds on both sides.

    One at a time, an effect is what the whole system loses without the component. With `full`, all
    combinations are run: a component's effect is then its mean difference over all settings of the
    others, and for each pair there is their interaction: the effect of one with the other on,
    less that with the other off.

    Args:
        run: trains with the named components on or off and with a seed; returns a score of which
            more is better.
        components: names of what can be left out.
        seeds: one run each; differences are taken within a seed.
        full: all combinations, 2 to the number of components, instead of one more than it.
        confidence: of the intervals, Student's t over the seeds.

    Returns:
        Scores and effects.

    Raises:
        ValueError: no components, a name twice, fewer than two seeds, or a confidence outside of
            (0, 1).

    Equation: :eq:`eq-ablation-effect`
    Section: :ref:`sec-ablation-study`
    Source: Montgomery (2017), Design and Analysis of Experiments, chapter 6: effects and
        interactions of the $2^k$ design.

    Example:
        >>> study = ablation_study(lambda on, seed: 2.0 * on["a"] + seed, ["a", "b"], seeds=[0, 1])
        >>> [(e.components, e.effect) for e in study.effects]
        [(('a',), 2.0), (('b',), 0.0)]

    In production: a sweep of the experiment tracker, read the same way.
    """
    k = len(components)
    if k == 0 or len(set(components)) < k or len(seeds) < 2 or not 0 < confidence < 1:
        raise ValueError(
            "ablation_study needs components with different names, two seeds and a confidence in "
            f"(0, 1), got {list(components)}, {list(seeds)} and {confidence}"
        )
    everything = (True,) * k
    if full:
        settings = list(product((True, False), repeat=k))
    else:
        settings = [everything, *(tuple(i != j for i in range(k)) for j in range(k))]
    scores = {
        on: np.array([run(dict(zip(components, on, strict=True)), seed) for seed in seeds])
        for on in settings
    }
    groups: list[tuple[int, ...]] = [(j,) for j in range(k)]
    if full:
        groups += [(i, j) for i in range(k) for j in range(i + 1, k)]
    effects = []
    for group in groups:
        difference = (
            _contrast(scores, group) if full else scores[everything] - scores[_off(k, group)]
        )
        low, high = _interval(difference, confidence)
        names = tuple(components[j] for j in group)
        effects.append(AblationEffect(names, float(difference.mean()), low, high))
    return Ablation(scores, effects)


def _off(k: int, group: tuple[int, ...]) -> tuple[bool, ...]:
    return tuple(i not in group for i in range(k))


def _contrast(scores: dict[tuple[bool, ...], np.ndarray], group: tuple[int, ...]) -> np.ndarray:
    """The effect of one component, or how much the second of a pair changes that of the first."""
    signs = {on: np.prod([1 if on[j] else -1 for j in group]) for on in scores}
    terms = len(scores) / 2 ** len(group)
    return np.sum([sign * scores[on] for on, sign in signs.items()], axis=0) / terms


def _interval(differences: np.ndarray, confidence: float) -> tuple[float, float]:
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    half = stats.t.ppf((1 + confidence) / 2, len(differences) - 1) * error
    return float(differences.mean() - half), float(differences.mean() + half)
