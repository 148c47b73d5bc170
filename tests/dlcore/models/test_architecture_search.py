"""Searching for architectures: against the whole, tabulated space."""

import statistics
from itertools import product

import pytest
import torch

from dlcore import models
from dlcore.nn import count_parameters

SPACE = models.architecture_space(range(1, 6), [4, 8, 12, 16, 24], [1, 3, 5])


def score(a):
    """A table with a ridge: deep and wide is better up to a point, 3 x 3 is the best kernel."""
    return (
        1.0
        - 0.02 * (a.depth - 4) ** 2
        - 0.0005 * (a.width - 16) ** 2
        - 0.03 * abs(a.kernel_size - 3)
    )


def parameters(a):
    return count_parameters(models.build_architecture(a, 10))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.reference("itertools.product", of="dlcore.models.architecture_space")
@pytest.mark.reference("itertools.product", of="dlcore.models.Architecture")
def test_the_space_is_the_product():
    expected = list(product(range(1, 6), [4, 8, 12, 16, 24], [1, 3, 5]))
    assert [tuple(a) for a in SPACE] == expected


@pytest.mark.reference("closed form of the count", of="dlcore.models.build_architecture")
@pytest.mark.parametrize("architecture", [SPACE[0], SPACE[20], SPACE[-1]])
def test_the_network_has_the_layers_asked_for(architecture):
    depth, width, k = architecture
    model = models.build_architecture(architecture, 7, in_channels=3)
    expected = 3 * k * k * width + (depth - 1) * (width * k) ** 2 + depth * 2 * width
    assert count_parameters(model) == expected + 7 * width + 7
    assert model(torch.zeros(2, 3, 9, 6)).shape == (2, 7)


@pytest.mark.reference("exhaustive enumeration", of="dlcore.models.random_search_architecture")
@pytest.mark.reference("exhaustive enumeration", of="dlcore.models.ArchitectureSearch")
def test_random_search_of_everything_is_exhaustive():
    found = models.random_search_architecture(SPACE, score, trials=999, generator=generator())
    assert found.best == max(SPACE, key=score) == (4, 16, 3)
    assert found.score == score(found.best)
    assert sorted(a for a, _ in found.history) == sorted(SPACE)


@pytest.mark.reference("exhaustive enumeration", of="dlcore.models.evolve_architecture")
@pytest.mark.parametrize("budget", [1e9, 6000, 1500])
def test_evolution_finds_the_best_within_the_budget(budget):
    affordable = [a for a in SPACE if parameters(a) <= budget]
    found = models.evolve_architecture(
        SPACE, score, generations=120, cost=parameters, budget=budget, generator=generator()
    )
    assert found.best == max(affordable, key=score)
    assert len(found.history) == 120 + 8
    assert all(parameters(a) <= budget for a, _ in found.history)


@pytest.mark.parametrize("seed", range(5))
def test_searches_keep_to_the_default_budget_and_beat_the_median(seed):
    median = statistics.median(score(a) for a in SPACE if parameters(a) <= 4000)
    for search, options in (
        (models.random_search_architecture, {"trials": 12}),
        (models.evolve_architecture, {"generations": 12, "population": 4}),
    ):
        found = search(SPACE, score, budget=4000, generator=generator(seed), **options)
        again = search(SPACE, score, budget=4000, generator=generator(seed), **options)
        assert found == again
        assert all(parameters(a) <= 4000 for a, _ in found.history)
        assert found.score > median


def test_every_architecture_is_scored_once():
    asked = []
    models.evolve_architecture(
        SPACE,
        lambda a: asked.append(a) or score(a),
        generations=60,
        generator=generator(),
    )
    assert len(asked) == len(set(asked))


def test_children_differ_from_a_living_parent_in_one_number():
    found = models.evolve_architecture(
        SPACE, score, generations=30, population=5, generator=generator()
    )
    tried = [a for a, _ in found.history]
    for i in range(5, len(tried)):
        alive = tried[i - 5 : i]
        differences = [sum(p != q for p, q in zip(a, tried[i], strict=True)) for a in alive]
        assert 1 in differences


def test_a_space_of_one():
    only = models.architecture_space([1], [4], [3])
    found = models.evolve_architecture(only, score, generations=3, generator=generator())
    assert found.best == only[0]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.architecture_space([], [4], [3]), "the space is empty"),
        (lambda: models.architecture_space([1], [4], [2]), "kernel sizes must be odd, got 2"),
        (lambda: models.architecture_space([0], [4], [3]), "depth must be positive"),
        (
            lambda: models.random_search_architecture(SPACE, score, trials=0),
            "trials must be positive",
        ),
        (
            lambda: models.random_search_architecture(SPACE, score, trials=3, budget=5),
            "no architecture of the space costs at most 5",
        ),
        (
            lambda: models.random_search_architecture(SPACE, lambda a: float("nan"), trials=3),
            "is NaN",
        ),
        (
            lambda: models.evolve_architecture(SPACE, score, generations=3, population=2),
            "a tournament of 3 needs a population of as many",
        ),
    ],
)
def test_bad_searches(call, message):
    with pytest.raises(ValueError, match=message):
        call()
