import itertools

import networkx as nx
import pytest
import torch

from dlcore.explorables import d_separation
from dlcore.explorables.d_separation import SCRIPTS, Network, blockers, paths
from dlcore.graphical import BayesianNetwork, active_path, asia_network
from tests.dlcore.explorables.pages import ASIA
from tests.parity import assert_close

CIRCLE = {v: torch.ones(2, 2) / 2 for v in ("tub", "lung")}


def random_network(seed, n=6):
    """A graph with arrows from smaller to larger numbers, and tables by chance."""
    source = torch.Generator().manual_seed(seed)
    coins = torch.rand(n, n, generator=source) < 0.45
    parents = {f"v{k}": [f"v{j}" for j in range(k) if coins[j, k]] for k in range(n)}
    yes = {
        v: 0.1 + 0.8 * torch.rand([2] * len(p), generator=source, dtype=torch.float64)
        for v, p in parents.items()
    }
    return BayesianNetwork(parents, {v: torch.stack([1 - p, p], -1) for v, p in yes.items()})


def shown(network, x, y, seen=()):
    places = {v: (k % 3, k // 3) for k, v in enumerate(network.variables)}
    return d_separation(network.parents, network.tables, places, x, y, seen)


def asia(x, y, seen=()):
    network = asia_network()
    return d_separation(network.parents, network.tables, ASIA, x, y, seen)


def statements(names):
    """Every pair with up to two others."""
    for x, y in itertools.combinations(names, 2):
        others = [v for v in names if v not in (x, y)]
        for size in range(3):
            for given in itertools.combinations(others, size):
                yield x, y, given


@pytest.mark.reference("networkx.is_d_separator", of="dlcore.explorables.d_separation")
@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_the_page_finds_an_open_path_where_the_ball_arrives(javascript, seed):
    network = asia_network() if seed is None else random_network(seed)
    names = list(network.variables)
    asked = list(statements(names))
    numbered = [[names.index(x), names.index(y), list(map(names.index, g))] for x, y, g in asked]
    work = (
        "asked.map(([x, y, seen]) => pathsOf(state, x, y).map((path) => "
        "[path, blockersOf(state, path, seen).map(({ node }) => node)]))"
    )
    x, y = names[:2]
    found = javascript(SCRIPTS, work, state=shown(network, x, y).state, asked=numbered)
    for (x, y, given), ways in zip(asked, found, strict=True):
        opened = [path for path, blocked in ways if not blocked]
        ball = active_path(network.graph, x, y, given)
        assert bool(opened) == (ball is not None)
        assert bool(opened) != nx.is_d_separator(network.graph, {x}, {y}, set(given))
        if ball and len(set(ball)) == len(ball):
            assert len(opened[0]) <= len(ball)
        words = sorted([names[v] for v in path] for path, _ in ways)
        assert words == sorted(paths(network.graph, x, y))
        for path, blocked in ways:
            expected = blockers(network.graph, [names[v] for v in path], given)
            assert [names[v] for v in blocked] == expected


def test_the_page_computes_what_the_library_computes(javascript):
    network = asia_network()
    names = list(network.variables)
    asked = [("lung", {"xray": 1, "tub": 1}), ("dysp", {}), ("smoke", {"dysp": 1, "asia": 0})]
    numbered = [[names.index(y), {names.index(v): s for v, s in g.items()}] for y, g in asked]
    state = shown(network, "tub", "lung").state
    found = javascript(
        SCRIPTS, "asked.map(([y, given]) => chance(state, y, given))", state=state, asked=numbered
    )
    expected = [network.query(y, evidence=g).table[1].item() for y, g in asked]
    assert_close(found, expected)
    ours = Network(network.parents, network.tables)
    assert_close([ours.chance(y, g) for y, g in asked], expected)
    impossible = [names.index("lung"), {names.index("tub"): 1, names.index("either"): 0}]
    work = "[chance(state, ...asked)].map(isNaN)"
    assert javascript(SCRIPTS, work, state=state, asked=impossible) == [True]


def test_the_finding_is_computed():
    network = asia_network()
    figure = asia("tub", "lung", ["xray"])
    before, after = (
        [network.query("lung", evidence=seen | {"tub": k}).table[1].item() for k in (0, 1)]
        for seen in ({}, {"xray": 1})
    )
    assert (
        figure.question == "Only xray has been seen. Does news of tub then tell anything of lung?"
    )
    assert figure.finding.startswith(
        "Yes. While nothing is seen, every path between them is blocked: if tub is no, lung has "
        f"probability {before[0]:.3f}, if yes, {before[1]:.3f}. With xray seen, the path "
        f"tub → either ← lung is open: if tub is no, lung has probability {after[0]:.3f}, if yes, "
        f"{after[1]:.3f}. A chain"
    )
    assert before[0] == pytest.approx(before[1])
    apart = asia("xray", "dysp", ["either"])
    assert apart.finding.startswith("No. While nothing is seen, the path xray ← either → dysp is")
    plain = asia("asia", "smoke")
    assert plain.finding.startswith("No. Every path between them is blocked: if asia is no,")
    assert "nothing is seen: every path" in plain.alt
    assert "M" in apart.svg().split('data-part="crosses"')[1].split('d="')[1][:3]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": "lung"}, r"must be different variables, got \['lung', 'lung'\]"),
        ({"y": "cold"}, "not in the network: cold"),
        ({"places": {}}, "not in places: asia, bronc"),
        ({"parents": {f"v{k}": [] for k in range(10)}}, "there may be 9 variables and 12 arrows"),
        ({"parents": {"x" * 8: []}}, "variables must have names of up to 7 letters"),
        ({"tables": {}}, "the table of asia must have an axis of two states for each parent"),
        ({"tables": CIRCLE, "parents": {"tub": ["lung"], "lung": ["tub"]}}, "arrows form a cycle"),
    ],
)
def test_bad_input(change, message):
    network = asia_network()
    given = {"parents": network.parents, "tables": network.tables, "places": ASIA, **change}
    with pytest.raises(ValueError, match=message):
        d_separation(**{"x": "tub", "y": "lung", **given})
