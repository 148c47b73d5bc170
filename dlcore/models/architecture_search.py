"""Searching for an architecture under a budget: at random, and by evolution."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from itertools import product
from typing import NamedTuple

import torch
from torch import nn

from dlcore.models.images import convolution, require_positive
from dlcore.nn import count_parameters


class Architecture(NamedTuple):
    """A small convolutional classifier in three numbers.

    Attributes:
        depth: convolutions.
        width: channels of each.
        kernel_size: of each, odd.

    Section: :ref:`sec-architecture-search`.

    Example:
        >>> Architecture(depth=2, width=16, kernel_size=3)
        Architecture(depth=2, width=16, kernel_size=3)

    In production: the search spaces of optuna or nni.
    """

    depth: int
    width: int
    kernel_size: int


class ArchitectureSearch(NamedTuple):
    """What a search found.

    Attributes:
        best: the architecture with the highest score; the first found on a tie.
        score: its score.
        history: all architectures tried, with their scores, in order.

    Section: :ref:`sec-architecture-search`.

    Example:
        >>> ArchitectureSearch._fields
        ('best', 'score', 'history')

    In production: optuna.Study.
    """

    best: Architecture
    score: float
    history: list[tuple[Architecture, float]]


def architecture_space(
    depths: Iterable[int], widths: Iterable[int], kernel_sizes: Iterable[int]
) -> list[Architecture]:
    """All combinations of depths, widths and kernel sizes.

    Args:
        depths: numbers of convolutions.
        widths: numbers of channels.
        kernel_sizes: odd numbers.

    Returns:
        The architectures, the kernel size changing fastest.

    Raises:
        ValueError: a number that is not positive, an even kernel, or an empty space.

    Section: :ref:`sec-architecture-search`.

    Source: Elsken, Metzen, Hutter (2019), Neural architecture search: a survey, JMLR 20,
    section 2.

    Example:
        >>> architecture_space([1], [4], [3, 5])[1]
        Architecture(depth=1, width=4, kernel_size=5)

    In production: optuna's suggest_int and suggest_categorical.
    """
    space = [Architecture(*numbers) for numbers in product(depths, widths, kernel_sizes)]
    if not space:
        raise ValueError("the space is empty")
    for architecture in space:
        require_positive(**architecture._asdict())
        if architecture.kernel_size % 2 == 0:
            raise ValueError(f"kernel sizes must be odd, got {architecture.kernel_size}")
    return space


def build_architecture(
    architecture: Architecture, num_classes: int, *, in_channels: int = 1
) -> nn.Sequential:
    """The network that an architecture stands for.

    Args:
        architecture: depth, width and kernel size.
        num_classes: outputs.
        in_channels: channels of the images.

    Returns:
        Convolutions with batch norm and ReLU, the mean of each map, a linear layer; of torch.nn's
        layers, for images of any size.

    Raises:
        ValueError: a number that is not positive.

    Section: :ref:`sec-architecture-search`.

    Source: Lin, Chen, Yan (2014), Network in network, arXiv:1312.4400: the mean of each map.

    Example:
        >>> build_architecture(Architecture(2, 4, 3), 10)(torch.zeros(3, 1, 8, 8)).shape
        torch.Size([3, 10])

    In production: a function of a trial, as in optuna.
    """
    depth, width, kernel_size = architecture
    require_positive(depth=depth, num_classes=num_classes, in_channels=in_channels)
    layers = [convolution(width if i else in_channels, width, kernel_size) for i in range(depth)]
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, num_classes)
    )


def _parameters(architecture: Architecture) -> float:
    """The parameters of a classifier of grey images in ten classes."""
    with torch.device("meta"):
        return count_parameters(build_architecture(architecture, 10))


def _affordable(
    space: Iterable[Architecture], cost: Callable[[Architecture], float] | None, budget: float
) -> list[Architecture]:
    within = [a for a in space if (cost or _parameters)(a) <= budget]
    if not within:
        raise ValueError(f"no architecture of the space costs at most {budget}")
    return within


def _best(history: list[tuple[Architecture, float]]) -> ArchitectureSearch:
    best, score = max(history, key=lambda tried: tried[1])
    return ArchitectureSearch(best, score, history)


def _rate(score: Callable[[Architecture], float], architecture: Architecture) -> float:
    value = float(score(architecture))
    if math.isnan(value):
        raise ValueError(f"the score of {architecture} is NaN")
    return value


def random_search_architecture(
    space: Iterable[Architecture],
    score: Callable[[Architecture], float],
    *,
    trials: int,
    cost: Callable[[Architecture], float] | None = None,
    budget: float = math.inf,
    generator: torch.Generator | None = None,
) -> ArchitectureSearch:
    """The best of some architectures drawn at random from those within the budget.

    Args:
        space: what may be tried.
        score: of an architecture, higher is better: its accuracy on validation data, not on the
            test data that the winner is to be judged on.
        trials: how many different ones are tried; all where there are fewer.
        cost: of an architecture; by default its parameters, for grey images in ten classes.
        budget: the largest cost allowed.
        generator: source of the draws; by default torch's global one.

    Returns:
        The best, its score, and all trials.

    Raises:
        ValueError: no trials, nothing within the budget, or a score that is NaN.

    Section: :ref:`sec-architecture-search`.

    Source: Li, Talwalkar (2020), Random search and reproducibility for neural architecture
    search, arXiv:1902.07638.

    Example:
        >>> space = architecture_space([1, 2, 3], [4, 8], [3])
        >>> random_search_architecture(space, lambda a: a.depth * a.width, trials=6).best
        Architecture(depth=3, width=8, kernel_size=3)

    In production: optuna.samplers.RandomSampler.
    """
    require_positive(trials=trials)
    within = _affordable(space, cost, budget)
    order = _permutation(len(within), generator)[:trials]
    return _best([(within[i], _rate(score, within[i])) for i in order])


def _permutation(n: int, generator: torch.Generator | None) -> list[int]:
    device = generator.device if generator else None
    return torch.randperm(n, generator=generator, device=device).tolist()


def _draw(n: int, generator: torch.Generator | None) -> int:
    device = generator.device if generator else None
    return int(torch.randint(n, (), generator=generator, device=device))


def _neighbours(parent: Architecture, within: list[Architecture]) -> list[Architecture]:
    """Those that differ from the parent in one number; all others where there is none."""
    others = [a for a in within if a != parent]
    near = [a for a in others if sum(p != q for p, q in zip(a, parent, strict=True)) == 1]
    return near or others or [parent]


def evolve_architecture(
    space: Iterable[Architecture],
    score: Callable[[Architecture], float],
    *,
    generations: int,
    population: int = 8,
    tournament: int = 3,
    cost: Callable[[Architecture], float] | None = None,
    budget: float = math.inf,
    generator: torch.Generator | None = None,
) -> ArchitectureSearch:
    """Evolution with ageing: the best of a few parents has a changed child, the oldest dies.

    Args:
        space: what may be tried.
        score: of an architecture, higher is better: its accuracy on validation data, not on the
            test data that the winner is to be judged on. Asked once per architecture.
        generations: children, one a generation.
        population: architectures alive at once.
        tournament: parents drawn for each child, of which the best one has it.
        cost: of an architecture; by default its parameters, for grey images in ten classes.
        budget: the largest cost allowed.
        generator: source of the draws; by default torch's global one.

    Returns:
        The best ever alive, its score, and the first population and all children in order.

    Raises:
        ValueError: numbers that are not positive, a tournament larger than the population, nothing
            within the budget, or a score that is NaN.

    Section: :ref:`sec-architecture-search`.

    Source: Real, Aggarwal, Huang, Le (2019), Regularized evolution for image classifier
    architecture search, arXiv:1802.01548, algorithm 1.

    Example:
        >>> space = architecture_space(range(1, 9), range(1, 9), [1, 3, 5])
        >>> found = evolve_architecture(space, sum, generations=200,
        ...                             generator=torch.Generator().manual_seed(0))
        >>> found.score
        21.0

    In production: nni, or Ray Tune with an evolutionary search.
    """
    require_positive(generations=generations, population=population, tournament=tournament)
    if tournament > population:
        raise ValueError(f"a tournament of {tournament} needs a population of as many")
    within = _affordable(space, cost, budget)
    known: dict[Architecture, float] = {}

    def rated(architecture: Architecture) -> tuple[Architecture, float]:
        if architecture not in known:
            known[architecture] = _rate(score, architecture)
        return architecture, known[architecture]

    alive = deque(rated(within[i]) for i in _permutation(len(within), generator)[:population])
    history = list(alive)
    for _ in range(generations):
        drawn = [alive[i] for i in _permutation(len(alive), generator)[:tournament]]
        parent, _ = max(drawn, key=lambda tried: tried[1])
        near = _neighbours(parent, within)
        child = rated(near[_draw(len(near), generator)])
        alive.append(child)
        alive.popleft()
        history.append(child)
    return _best(history)
