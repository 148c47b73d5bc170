"""Explorable: action values that spread back from the goal while an agent walks a grid."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.random_stream import uniforms
from dlcore.explorables.ranges import require_within

SCRIPTS = ("random_stream", "q_values_spread")
WORLD = "......", ".S.#..", "..P#..", "......", "...#.G"
MOVES = (-1, 0), (0, 1), (1, 0), (0, -1)
NAMES = "up", "right", "down", "left"
PAYS = {"G": 1.0, "P": -1.0}
EPISODES, CAP, SEED = 200, 200, 14
BASE, INNER, LENGTH = 0.17, 0.09, 0.36
QUESTION = (
    "The only rewards are +1 at the goal G and −1 in the pit P. An agent walks until it meets one "
    "of them. How many action values does the first such walk change?"
)
PREDICTION = "All of those along its way: they have led to the goal, or into the pit."
SPREADING = (
    "One. Q-learning looks a single step ahead, and all that is not an end is worth 0 so far: the "
    "first walk changes the value of its last step alone. A later walk that comes by changes that "
    "of the step before, and so the values spread backwards. "
)
FINDING = (
    f"{SPREADING}Here the first walk has 63 steps, and after 17 episodes the best actions lead "
    "from the start to the goal, in 9 steps; later they find the way of 7. Without exploration "
    "they stay with the 9. So they do with discount 1, where both ways are worth 1. Nothing is "
    "left to chance, so that learning rate 1 is the fastest: the value of the start is within 1 % "
    "of the best after 44 episodes, with 0.5 after 53, with 0.1 after 159. Whatever acts, it is "
    "the best actions that are learned: with exploration 1, all at random, the shortest way is "
    "found in 10 of 10 runs, with 0.2 in 7."
)

Table = list[list[float]]


class World(NamedTuple):
    """Per cell and action: where it leads and what it pays; which cells end, and the first one."""

    next: list[list[int]]
    reward: Table
    ended: list[bool]
    start: int


class Episode(NamedTuple):
    """The action values before it, and the cells and actions of its steps."""

    before: Table
    steps: list[tuple[int, int]]


def world_of(rows: Sequence[str]) -> World:
    """The map: S start, G goal, P pit, # wall, anything else floor; who bumps stays."""
    cells, columns = "".join(rows), len(rows[0])
    following: list[list[int]] = []
    for s in range(len(cells)):
        row, column = divmod(s, columns)
        places = [(row + down, column + right) for down, right in MOVES]
        free = [0 <= r < len(rows) and 0 <= c < columns and rows[r][c] != "#" for r, c in places]
        following.append(
            [r * columns + c if ok else s for (r, c), ok in zip(places, free, strict=True)]
        )
    reward = [[PAYS.get(cells[to], 0.0) for to in each] for each in following]
    return World(following, reward, [cell in PAYS for cell in cells], cells.index("S"))


def update(q: Table, world: World, s: int, a: int, rate: float, discount: float) -> None:
    """One step of Q-learning."""
    to = world.next[s][a]
    target = world.reward[s][a] + (0.0 if world.ended[to] else discount * max(q[to]))
    q[s][a] += rate * (target - q[s][a])


def learn(
    world: World, rate: float, discount: float, exploration: float, seed: int = SEED
) -> tuple[list[Episode], Table]:
    """Q-learning for 200 episodes of at most 200 steps: each of them, and the table at the end."""
    q = [[0.0] * 4 for _ in world.next]
    numbers = iter(uniforms(seed, 2 * EPISODES * CAP).tolist())
    episodes = []
    for _ in range(EPISODES):
        episode, s = Episode([list(row) for row in q], []), world.start
        while not world.ended[s] and len(episode.steps) < CAP:
            random, which, top = next(numbers) < exploration, next(numbers), max(q[s])
            best = [a for a in range(4) if random or q[s][a] == top]
            a = best[math.floor(which * len(best))]
            update(q, world, s, a, rate, discount)
            episode.steps.append((s, a))
            s = world.next[s][a]
        episodes.append(episode)
    return episodes, q


def greedy_path(q: Table, world: World) -> list[int]:
    """Where the best actions lead from the start, up to an end, a circle, or a blank row."""
    path = [world.start]
    while not world.ended[path[-1]] and any(q[path[-1]]):
        row = q[path[-1]]
        path.append(world.next[path[-1]][row.index(max(row))])
        if path[-1] in path[:-1]:
            break
    return path


def best_values(world: World, discount: float) -> list[float]:
    """What each cell is worth to who acts best, by value iteration."""
    values = [0.0] * len(world.next)
    for _ in values:
        values = [
            0.0
            if world.ended[s]
            else max(
                reward + discount * (0.0 if world.ended[to] else values[to])
                for reward, to in zip(world.reward[s], world.next[s], strict=True)
            )
            for s in range(len(values))
        ]
    return values


def changed(q: Table) -> int:
    """How many action values are not 0."""
    return sum(v != 0 for row in q for v in row)


def _wedge(panel: Panel, x: float, y: float, a: int, value: float) -> str:
    """A triangle in the direction of an action whose area grows with the value."""
    size, (down, right) = math.sqrt(abs(value)), MOVES[a]
    corners = []
    for along, across in ((INNER, BASE * size), (INNER, -BASE * size), (INNER + LENGTH * size, 0)):
        u, v = along * right + across * down, -along * down + across * right
        corners.append(f"{panel.X(x + u):.1f},{panel.Y(y + v):.1f}")
    return "M" + "L".join(corners) + "z"


def _map(rows: Sequence[str], world: World, q: Table) -> Panel:
    height, width = len(rows), len(rows[0])
    panel = Panel(
        "The world and its action values",
        (0, width), (0, height), height=85 + round(280 * height / width), grid=False, frame=False,
    ).legend(teal=("▲", "worth > 0"), red=("▲", "< 0"), blue=("—", "greedy way"))  # fmt: skip
    middle = [(s % width + 0.5, height - s // width - 0.5) for s in range(height * width)]
    lines = [f"M{panel.X(0)},{panel.Y(k):.1f}H{panel.X(width)}" for k in range(height + 1)]
    lines += [f"M{panel.X(k):.1f},{panel.Y(0)}V{panel.Y(height)}" for k in range(width + 1)]
    panel.path("grid", "".join(lines), "gray", width=0.5)
    walls = [middle[s] for s, cell in enumerate("".join(rows)) if cell == "#"]
    blocks = (
        f"M{panel.X(x - 0.5):.1f},{panel.Y(y - 0.5):.1f}H{panel.X(x + 0.5):.1f}"
        f"V{panel.Y(y + 0.5):.1f}H{panel.X(x - 0.5):.1f}z"
        for x, y in walls
    )
    panel.path("walls", "".join(blocks), "gray", opacity=0.6)
    path = [middle[s] for s in greedy_path(q, world)]
    panel.line("way", [x for x, _ in path], [y for _, y in path], "blue", width=2)
    for part, color, sign in (("good", "teal", 1), ("bad", "red", -1)):
        wedges = [
            _wedge(panel, *middle[s], a, v)
            for s, row in enumerate(q) for a, v in enumerate(row) if sign * v > 0
        ]  # fmt: skip
        panel.path(part, "".join(wedges), color, opacity=1)
    for s, cell in enumerate("".join(rows)):
        if cell in PAYS:
            panel.label(f"end{s}", *middle[s], cell, "teal" if cell == "G" else "red")
    x, y = middle[world.start]
    panel.label("start", x - 0.36, y + 0.36, "S", "black")
    return panel.dot("agent", x, y, "black", width=11)


def _checked(rows: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(rows)
    cells = "".join(kept)
    if (
        len({len(row) for row in kept}) != 1
        or not (2 <= len(kept) <= 8 and 3 <= len(kept[0]) <= 10)
        or cells.count("S") != 1
    ):
        raise ValueError(
            f"rows must be 2 to 8 of one length, 3 to 10, with one S, got {list(kept)}"
        )
    world = world_of(kept)
    if best_values(world, 1.0)[world.start] <= 0:
        raise ValueError("no G can be reached from S")
    return kept


def q_values_spread(
    learning_rate: float = 0.5,
    discount: float = 0.9,
    exploration: float = 0.2,
    episode: int = 20,
    rows: Sequence[str] = WORLD,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Q-learning in a grid world, step by step and episode by episode.

    Every cell shows the values of its four actions as triangles whose area is the value. The page
    learns itself: 200 episodes of at most 200 steps, again whenever a setting moves. Of equally
    good actions any is taken.

    Args:
        learning_rate: alpha shown first, 0.05 to 1.
        discount: gamma shown first, 0.5 to 1.
        exploration: the chance of a random action shown first, 0 to 1.
        episode: how many are over in what is shown first, 0 to 199.
        rows: the map: S start, G goal (+1), P pit (−1), # wall, anything else floor; 2 to 8 rows
            of 3 to 10 cells. Goals and pits end an episode; who leaves the map or walks into a wall
            stays.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a number out of range, or a map without a way from S to G.

    Equation: :eq:`eq-q-learning`
    Section: :ref:`sec-q-learning`

    Source: Watkins, Dayan (1992), Q-learning, doi:10.1007/BF00992698.

    Example:
        >>> q_values_spread(rows=["S..", ".PG"], episode=3).state["episode"]
        3

    In production: dlcore.applications.q_learning, on a dlcore.applications.GridWorld.
    """
    require_within(0.05, 1, learning_rate=learning_rate)
    require_within(0.5, 1, discount=discount)
    require_within(0, 1, exploration=exploration)
    require_within(0, EPISODES - 1, episode=episode)
    rows = _checked(rows)
    world = world_of(rows)
    episodes, _ = learn(world, learning_rate, discount, exploration)
    q = episodes[episode].before
    lengths = [len(each.steps) for each in episodes]
    worth = [max(each.before[world.start]) for each in episodes]
    best = best_values(world, discount)[world.start]
    path = greedy_path(q, world)
    reached = "".join(rows)[path[-1]] == "G"
    way = f"reach the goal in {len(path) - 1} steps" if reached else "do not reach the goal yet"

    ticks = {float(k): str(k) for k in (0, 50, 100, 150, 200)}
    steps = Panel(
        "Steps of each episode", (0, EPISODES), (0, math.log10(CAP)), xticks=ticks,
        yticks={math.log10(v): str(v) for v in (1, 3, 10, 30, 100)}, xlabel="episode",
    )  # fmt: skip
    steps.line(
        "lengths", range(1, EPISODES + 1), [math.log10(n) for n in lengths], "gold", width=1.2
    )
    steps.line("now", [episode, episode], [0, math.log10(CAP)], "gray", width=1.5)
    values = Panel(
        "Value of the start", (0, EPISODES), (0, 1), xticks=ticks,
        yticks={0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1: "1"}, xlabel="episodes done",
    ).legend(teal=("—", "its best action"), gray=("- -", "acting best"))  # fmt: skip
    values.line("best", [0, EPISODES], [best, best], "gray", width=1.5, dash="6 4")
    values.line("worth", range(EPISODES), worth, "teal")
    values.dot("dot", episode, worth[episode], "black", width=9)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding or (FINDING if rows == WORLD else SPREADING.strip()),
        f"A grid of {len(rows)} by {len(rows[0])} cells with four action values each, after "
        f"{episode} episodes: {changed(q)} of them are not 0, and the best actions {way}. Beside "
        f"it the steps of {EPISODES} episodes, {lengths[0]} in the first and {lengths[-1]} in the "
        f"last, and the value of the start, {worth[episode]:.2f} here, where acting best is worth "
        f"{best:.2f}.",
        [_map(rows, world, q), steps, values],
        {
            "rows": rows,
            "rate": learning_rate,
            "discount": discount,
            "exploration": exploration,
            "seed": SEED,
            "episode": episode,
            "episodes": EPISODES,
            "cap": CAP,
        },
    )
