import numpy as np
import pytest
import torch

from dlcore.explorables import tree_messages
from dlcore.explorables.tree_messages import SCRIPTS, Tree, beliefs, messages
from dlcore.graphical import Factor, sum_product
from tests.dlcore.explorables.pages import TREE
from tests.parity import assert_close

PAIRS, PLACES, EVIDENCE = TREE


def factors(agreement, evidence):
    """As the chapter makes them."""
    table = torch.tensor(
        [[agreement, 1 - agreement], [1 - agreement, agreement]], dtype=torch.float64
    )
    single = {v: torch.tensor([1 - p, p], dtype=torch.float64) for v, p in evidence.items()}
    return [Factor.from_table(pair, table) for pair in PAIRS] + [
        Factor.from_table([v], table) for v, table in single.items()
    ]


def enumerated(tables, variable, names):
    """The probability of state 1, summed over all states of the others."""
    operands = []
    for factor in tables:
        operands += [factor.table.numpy(), [names.index(v) for v in factor.variables]]
    no, yes = np.einsum(*operands, [names.index(variable)])
    return yes / (no + yes)


@pytest.mark.reference("numpy.einsum", of="dlcore.explorables.tree_messages")
@pytest.mark.parametrize(("agreement", "a", "e"), [(0.8, 0.9, 0.4), (0.55, 0.05, 0.95)])
def test_the_page_sends_what_the_library_sends(javascript, agreement, a, e):
    state = tree_messages(*TREE).state
    work = (
        "state.order.map((_, k) => { const sent = messages(state, tablesOf(state, agreement, "
        "evidence), false, k + 1); return [Object.entries(sent).at(-1), beliefs(state, sent)]; })"
    )
    found = javascript(SCRIPTS, work, state=state, agreement=agreement, evidence=[a, e])
    library = sum_product(factors(agreement, {"a": a, "e": e}), root="a")
    assert len(found) == len(library.messages)
    nodes = [*state["names"], *(("factor", k) for k in range(len(state["scopes"])))]
    for (edge, message), _ in found:
        source, target = (nodes[int(node)] for node in edge.split())
        assert_close(message, library.messages[source, target].softmax(0), rtol=1e-9)
    exact = [
        enumerated(factors(agreement, {"a": a, "e": e}), v, state["names"]) for v in state["names"]
    ]
    assert_close(found[-1][1], exact, rtol=1e-9)
    half = found[len(found) // 2 - 1][1]
    assert half[0] == pytest.approx(exact[0])


@pytest.mark.parametrize("echo", [False, True])
def test_the_page_echoes_as_python_does(javascript, echo):
    state = tree_messages(*TREE).state
    work = (
        "(() => { const sent = messages(state, tablesOf(state, 0.7, [0.2, 0.6]), echo);"
        " return [Object.values(sent), beliefs(state, sent)]; })()"
    )
    sent, held = javascript(SCRIPTS, work, state=state, echo=echo)
    tree = Tree(PAIRS, EVIDENCE, "a")
    expected = messages(tree, tree.tables(0.7, [0.2, 0.6]), echo=echo)
    assert_close(sent, torch.stack(list(expected.values())), rtol=1e-9)
    assert_close(held, beliefs(tree, expected), rtol=1e-9)


def test_an_echo_between_two_counts_the_evidence_again():
    tree = Tree([("x", "y")], {"x": 0.9}, "y")
    even = tree.tables(1.0, [0.9])
    assert beliefs(tree, messages(tree, even)) == pytest.approx([0.9, 0.9])
    echoed = beliefs(tree, messages(tree, even, echo=True))
    # x's evidence comes back to it through y as if it were y's.
    assert echoed[0] > 0.98


def test_the_finding_is_computed():
    figure = tree_messages(*TREE)
    tree = Tree(PAIRS, EVIDENCE, "a")
    tables = tree.tables(0.8, [0.9, 0.4])
    exact, echoed = (beliefs(tree, messages(tree, tables, echo=echo)) for echo in (False, True))
    gaps = [abs(p - q) for p, q in zip(exact, echoed, strict=True)]
    k = gaps.index(max(gaps))
    assert (
        f"belief in state 1 at {tree.names[k]} becomes {echoed[k]:.2f} in place of {exact[k]:.2f}"
        in figure.finding
    )
    assert "20 messages, one each way along each of the 10 edges" in figure.finding
    assert f"d {exact[3]:.2f}" in figure.alt
    echo = messages(tree, tables, echo=True)
    half = dict(list(echo.items())[:10])
    assert beliefs(tree, half)[0] == pytest.approx(exact[0])


def test_the_still_says_what_the_caller_asked_for():
    figure = tree_messages([("x", "y")], {"x": (0, 0), "y": (1, 0)}, {"y": 0.7}, question="Why?")
    assert figure.question == "Why?"
    assert "a tree of 2 variables, circles, and 2 factors, squares, with all 6" in figure.alt
    assert figure.state["words"] == ["x", "y", "the factor of x and y", "y's evidence"]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pairs": [("a", "b"), ("b", "c"), ("c", "a")]}, "pairs must make a tree, each pair once"),
        ({"pairs": [("a", "b"), ("c", "d")]}, "pairs must make a tree"),
        ({"pairs": [("a", "b"), ("b", "a")]}, "each pair once"),
        ({"pairs": [("a", "b" * 9)]}, "8 variables of up to 8 letters"),
        ({"places": {"a": (0, 0)}}, "not in places: b, c, d, e"),
        ({"evidence": {"z": 0.5}}, "not in the tree: z"),
        ({"root": "z"}, "not in the tree: z"),
        ({"evidence": {}}, "evidence must be of 1 to 3 variables, got 0"),
        ({"evidence": {"a": 1}}, "evidence of a must lie between 0.05 and 0.95, got 1"),
        ({"agreement": 0.2}, "agreement must lie between 0.5 and 0.95, got 0.2"),
    ],
)
def test_bad_input(change, message):
    with pytest.raises(ValueError, match=message):
        tree_messages(**{"pairs": PAIRS, "places": PLACES, "evidence": EVIDENCE, **change})
