import json

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from dlcore.applications import GridWorld, q_learning, value_iteration
from dlcore.explorables import q_values_spread
from dlcore.explorables.q_values_spread import (
    SCRIPTS,
    WORLD,
    best_values,
    changed,
    greedy_path,
    learn,
    world_of,
)
from tests.parity import assert_close

CELLS = "".join(WORLD)
MAPS = [WORLD, ("S.#G", "..P.", "#...")]


def page(javascript, expression, **settings):
    state = q_values_spread().state | settings
    return javascript(SCRIPTS, f"((world) => {expression})(worldOf(state.rows))", state=state)


@pytest.mark.parametrize("rows", MAPS)
def test_the_world_is_the_library_s(javascript, rows):
    mdp = GridWorld(rows, step_reward=0.0).mdp
    here, there = world_of(rows), page(javascript, "world", rows=rows)
    assert (there["next"], there["reward"]) == (here.next, here.reward)
    assert (there["ended"], there["start"]) == (here.ended, here.start)
    cells = "".join(rows)
    floor = [s for s, cell in enumerate(cells) if cell not in "GP#"]
    assert [s for s, ended in enumerate(here.ended) if ended] == [
        s for s, cell in enumerate(cells) if cell in "GP"
    ]
    assert_close(torch.tensor(here.reward)[floor], mdp.rewards[floor].float())
    assert torch.equal(torch.tensor(here.next)[floor], mdp.transitions[floor].argmax(-1))


class Recorded(GridWorld):
    """A world that keeps what happened in it."""

    def __init__(self, rows):
        super().__init__(rows, step_reward=0.0)
        self.steps = []

    def step(self, action):
        before = self.state
        answer = super().step(action)
        self.steps.append([before, int(action)])
        return answer


@pytest.mark.parametrize("rows", MAPS)
@pytest.mark.parametrize(("rate", "discount"), [(0.3, 0.9), (1.0, 0.5)])
def test_the_page_learns_as_the_library_does(javascript, rows, rate, discount):
    env = Recorded(rows)
    generator = torch.Generator().manual_seed(1)
    run = q_learning(
        env, 30, step_size=rate, discount=discount, epsilon=0.3, max_steps=200, generator=generator
    )
    assert changed(run.q_values.tolist()) > 10
    replay = (
        "((q) => (steps.forEach(([s, a]) => update(q, world, s, a, rate, discount)), q))"
        "(blank(world))"
    )
    got = javascript(
        SCRIPTS, f"((world) => {replay})(worldOf(rows))",
        rows=rows, steps=env.steps, rate=rate, discount=discount,
    )  # fmt: skip
    assert_close(got, run.q_values, rtol=1e-12)


@pytest.mark.parametrize("settings", [{}, {"rate": 1, "discount": 1, "exploration": 0}])
def test_the_still_and_the_page_live_the_same_episodes(javascript, settings):
    state = q_values_spread().state | settings
    here, _ = learn(world_of(WORLD), state["rate"], state["discount"], state["exploration"])
    there = page(javascript, "learn(world, state)", **settings)
    for mine, its in zip(here, there, strict=True):
        assert [list(step) for step in mine.steps] == its["steps"]
    assert_close([each["before"] for each in there], [each.before for each in here], rtol=1e-12)
    paths = page(
        javascript,
        "learn(world, state).map(({ before }) => greedyPath(before, world))",
        **settings,
    )
    assert paths == [greedy_path(each.before, world_of(WORLD)) for each in here]


def distances(rows):
    """Steps to the goal from each cell that is no end, without entering a pit."""
    world, cells = world_of(rows), "".join(rows)
    n = len(cells)
    edges = np.zeros((n, n))
    for s, following in enumerate(world.next):
        for to in following:
            if not world.ended[s] and cells[to] not in "P#" and to != s:
                edges[s, to] = 1
    return shortest_path(csr_array(edges))[:, cells.index("G")]


@pytest.mark.reference(
    "scipy.sparse.csgraph.shortest_path", of="dlcore.explorables.q_values_spread"
)
@pytest.mark.parametrize("rows", MAPS)
def test_acting_best_takes_the_shortest_way(javascript, rows):
    steps = distances(rows)
    floor = [s for s, cell in enumerate("".join(rows)) if cell not in "GP#"]
    expected = 0.9 ** (steps[floor] - 1)
    assert_close(np.array(best_values(world_of(rows), 0.9))[floor], expected, rtol=1e-9)
    got = page(javascript, "bestValues(world, 0.9)", rows=rows)
    assert_close(np.array(got)[floor], expected, rtol=1e-9)
    plan = value_iteration(GridWorld(rows, step_reward=0.0, discount=0.9).mdp)
    assert_close(plan.values[floor], expected, rtol=1e-9)


def ways(rate=0.5, discount=0.9, exploration=0.2, **seed):
    """The episodes, and the length of the greedy way to the goal after each, or None."""
    world = world_of(WORLD)
    episodes, q = learn(world, rate, discount, exploration, **seed)
    paths = [greedy_path(table, world) for table in [*(e.before for e in episodes), q]]
    return episodes, [len(path) - 1 if CELLS[path[-1]] == "G" else None for path in paths]


def test_the_finding_values_spread_from_the_end():
    episodes, lengths = ways()
    assert len(episodes[0].steps) == 63
    assert changed(episodes[1].before) == 1
    s, a = episodes[0].steps[-1]
    assert world_of(WORLD).ended[world_of(WORLD).next[s][a]]
    assert lengths[:17] == [None] * 17
    assert (lengths[17], lengths[-1]) == (9, 7)
    assert distances(WORLD)[CELLS.index("S")] == 7
    for settings in ({"exploration": 0.0}, {"discount": 1.0}):
        assert {n for n in ways(**settings)[1] if n} == {9}
    assert "63 steps, and after 17 episodes" in q_values_spread().finding


def test_the_finding_the_learning_rate():
    world = world_of(WORLD)
    best = best_values(world, 0.9)[world.start]
    after = {}
    for rate in (1.0, 0.5, 0.1):
        episodes, _ = learn(world, rate, 0.9, 0.2)
        worth = [max(each.before[world.start]) for each in episodes]
        after[rate] = next(k for k, v in enumerate(worth) if v >= 0.99 * best)
    assert after == {1.0: 44, 0.5: 53, 0.1: 159}


def test_the_finding_random_acting_learns_the_best_way():
    found = {
        e: sum(ways(exploration=e, seed=k)[1][-1] == 7 for k in range(1, 11)) for e in (0.2, 1)
    }
    assert found == {0.2: 7, 1: 10}


def test_the_still_says_what_the_caller_asked_for():
    figure = q_values_spread(1.0, 0.5, 0.0, 0, MAPS[1], question="Where?")
    assert (
        "A grid of 3 by 4 cells with four action values each, after 0 episodes: 0 of" in figure.alt
    )
    assert figure.question == "Where?"
    assert "Here the first walk" not in figure.finding
    assert json.loads(json.dumps(figure.state))["rows"] == list(MAPS[1])


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"learning_rate": 0}, "learning_rate must lie between 0.05 and 1, got 0"),
        ({"discount": 1.1}, "discount must lie between 0.5 and 1, got 1.1"),
        ({"exploration": -1}, "exploration must lie between 0 and 1, got -1"),
        ({"episode": 200}, "episode must lie between 0 and 199, got 200"),
        ({"rows": ["S.G"]}, "rows must be 2 to 8 of one length, 3 to 10, with one S"),
        ({"rows": ["S.G", "S.."]}, "with one S"),
        ({"rows": ["S.G", "...."]}, "of one length"),
        ({"rows": ["S#G", ".#."]}, "no G can be reached from S"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        q_values_spread(**arguments)
