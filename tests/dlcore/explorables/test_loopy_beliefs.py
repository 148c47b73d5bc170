import numpy as np
import pytest
import torch

from dlcore.explorables import loopy_beliefs
from dlcore.explorables.loopy_beliefs import (
    GRAPHS,
    NAMES,
    SCRIPTS,
    SWEEPS,
    Graph,
    enumerated,
    propagate,
    settled,
)
from dlcore.graphical import IsingModel, loopy_belief_propagation
from tests.parity import assert_close

RUNS = [
    ("tree", 0.7, 0.0),
    ("triangle", 1.0, 0.0),
    ("triangle", -1.3, 0.3),
    ("grid", 0.5, 0.0),
    ("complete", -1.0, 0.0),
    ("complete", -1.0, 0.5),
]


def ising(name, coupling):
    """The same graph as the chapters make it."""
    graph, n = GRAPHS[name], len(GRAPHS[name].fields)
    J = torch.zeros(n, n, dtype=torch.float64)
    for i, j in graph.edges:
        J[i, j] = J[j, i] = coupling
    return IsingModel(J, torch.tensor(graph.fields, dtype=torch.float64))


def summed(name, coupling):
    """Marginals and log Z by numpy.einsum over one table for each factor."""
    graph, spins = GRAPHS[name], np.array([-1.0, 1.0])
    operands = []
    for k, h in enumerate(graph.fields):
        operands += [np.exp(h * spins), [k]]
    for i, j in graph.edges:
        operands += [np.exp(coupling * np.outer(spins, spins)), [i, j]]
    tables = [np.einsum(*operands, [k], optimize=True) for k in range(len(graph.fields))]
    return [table[1] / table.sum() for table in tables], np.log(tables[0].sum())


@pytest.mark.reference("numpy.einsum", of="dlcore.explorables.loopy_beliefs")
@pytest.mark.parametrize(("name", "coupling", "damping"), RUNS)
def test_the_exact_marginals(javascript, name, coupling, damping):
    marginals, log_z = summed(name, coupling)
    graph = loopy_beliefs().state["graphs"][name]
    there = javascript(SCRIPTS, "enumerated(graph, J)", graph=graph, J=coupling)
    here = enumerated(GRAPHS[name], coupling)
    assert_close(here[0], marginals, rtol=1e-10)
    assert_close(there["exact"], marginals, rtol=1e-10)
    assert here[1] == pytest.approx(log_z)
    assert there["logZ"] == pytest.approx(log_z)


@pytest.mark.parametrize(("name", "coupling", "damping"), RUNS)
def test_the_page_passes_messages_as_the_library_does(javascript, name, coupling, damping):
    library = loopy_belief_propagation(
        ising(name, coupling).factors, steps=SWEEPS, damping=damping, tol=1e-6
    )
    sweeps = len(library.changes)
    graph = loopy_beliefs().state["graphs"][name]
    work = "[propagate(graph, J, d, n)].map((c) => ({ ...c, at: settledAt(c.changes, 1e-6) }))[0]"
    there = javascript(SCRIPTS, work, graph=graph, J=coupling, d=damping, n=sweeps)
    here = propagate(GRAPHS[name], coupling, damping, sweeps)
    marginals = [library.marginals[k][1].item() for k in range(len(graph["fields"]))]
    for beliefs, changes, log_z in (
        (here.beliefs, here.changes, here.log_z),
        (there["beliefs"], there["changes"], there["logZ"]),
    ):
        assert_close(changes, library.changes, atol=1e-9)
        assert_close(beliefs[-1], marginals, atol=1e-9)
        # Two formulas that agree where the messages are at rest.
        if library.converged:
            assert log_z == pytest.approx(library.log_partition.item(), abs=1e-5)
    assert_close(there["beliefs"], np.array(here.beliefs), atol=1e-10)
    assert (settled(here.changes) is not None) is library.converged
    assert there["at"] == (settled(here.changes) or 0)


def test_damping_decides_whether_it_settles_not_where():
    ends = [propagate(GRAPHS["complete"], -1.0, d, 600) for d in (0.25, 0.5, 0.9)]
    for course in ends:
        assert course.beliefs[-1][0] == pytest.approx(ends[0].beliefs[-1][0], abs=1e-6)
    assert settled(propagate(GRAPHS["complete"], -1.0, 0.0, 1000).changes) is None


def test_the_finding():
    finding = loopy_beliefs().finding

    def ends(name, coupling, damping=0.0, node=0):
        course = propagate(GRAPHS[name], coupling, damping)
        exact = enumerated(GRAPHS[name], coupling)[0]
        return course.beliefs[-1][node], exact[node], settled(course.changes)

    course, exact = propagate(GRAPHS["tree"], 0.5, 0.0), enumerated(GRAPHS["tree"], 0.5)[0]
    gaps = [np.abs(np.subtract(held, exact)).max() for held in course.beliefs]
    assert gaps[4] < 1e-12 < 1e-4 < gaps[3]
    assert "On the tree it is exact after 4 sweeps" in finding
    held, right, last = ends("triangle", 1.0)
    assert last is not None
    assert f"node 0 believes {held:.3f} where {right:.3f} is right" in finding
    assert f"with J = 2 {ends('triangle', 2.0)[0]:.3f}." in finding
    for coupling in (-2.0, -0.3, 0.0, 2.0):
        assert ends("triangle", coupling)[1] == pytest.approx(right)
    held, right, _ = ends("grid", 0.2, node=4)
    assert f"is {held:.3f} in place of {right:.3f} with J = 0.2" in finding
    held, right, _ = ends("grid", 1.0, node=4)
    assert f"but {held:.3f} in place of {right:.3f} with J = 1" in finding
    assert ends("complete", -1.0)[2] is None
    course = propagate(GRAPHS["complete"], -1.0, 0.0)
    assert_close(course.beliefs[-1], np.array(course.beliefs[-3]), atol=1e-9)
    assert abs(course.beliefs[-1][0] - course.beliefs[-2][0]) > 0.9
    held, right, last = ends("complete", -1.0, 0.5)
    assert f"come to rest after {last} sweeps, at {held:.3f}, where {right:.3f}" in finding


@pytest.mark.parametrize("coupling", [0.2, 0.5, 1.0, 2.0])
def test_beliefs_on_cycles_are_too_sure(coupling):
    for name in ("triangle", "grid"):
        held = np.array(propagate(GRAPHS[name], coupling, 0.0).beliefs[-1])
        exact = np.array(enumerated(GRAPHS[name], coupling)[0])
        assert (np.abs(held - 0.5) > np.abs(exact - 0.5)).all()


def test_the_still_says_what_the_caller_asked_for():
    figure = loopy_beliefs("complete", -1.0, question="Why?")
    assert figure.question == "Why?"
    assert "With damping 0 it does not settle in 150 sweeps; node 0 believes 0.005" in figure.alt
    figure = loopy_beliefs("complete", -1.0, 0.5)
    assert (
        "With damping 0.5 it settles after 60 sweeps; node 0 believes 0.512, exact is 0.550."
        in figure.alt
    )
    assert list(NAMES) == list(GRAPHS)
    assert all(isinstance(graph, Graph) for graph in GRAPHS.values())


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"graph": "moon"}, "unknown graph 'moon': choose from tree, triangle, grid, complete"),
        ({"coupling": 3}, "coupling must lie between -2 and 2, got 3"),
        ({"damping": 1}, r"damping must lie between 0 and 0\.9, got 1"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        loopy_beliefs(**arguments)
