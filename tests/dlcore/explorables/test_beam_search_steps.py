from heapq import nlargest
from itertools import product

import numpy as np
import pytest

from dlcore.explorables import beam_search_steps
from dlcore.explorables.beam_search_steps import TREE, beams, prefixes
from tests.parity import assert_close

WORDS = ("x", "y", "z")


def random_model(seed):
    """A conditional distribution after every beginning of two words, and its tree."""
    rng = np.random.default_rng(seed)
    tables = {p: rng.dirichlet(np.ones(3)) for n in range(2) for p in product(range(3), repeat=n)}

    def tree(prefix):
        if len(prefix) == 2:
            return {}
        return {
            w: (float(p), tree((*prefix, k)))
            for k, (w, p) in enumerate(zip(WORDS, tables[prefix], strict=True))
        }

    return tables, tree(())


@pytest.mark.reference("heapq.nlargest", of="dlcore.explorables.beam_search_steps")
@pytest.mark.parametrize("width", [1, 2, 4, 9])
@pytest.mark.parametrize("seed", range(5))
def test_the_beam_keeps_the_largest_of_what_it_sees(seed, width):
    tables, tree = random_model(seed)
    beam = [((), 1.0)]
    for kept in beams(prefixes(tree), width)[1:]:
        seen = [((*p, k), q * tables[p][k]) for p, q in beam for k in range(3)]
        beam = nlargest(width, seen, key=lambda pair: pair[1])
        assert kept == [tuple(WORDS[k] for k in p) for p, _ in beam]
    if width == 9:  # as wide as the tree
        every = {p: tables[()][p[0]] * tables[p[:1]][p[1]] for p in product(range(3), repeat=2)}
        assert beam[0][0] == max(every, key=every.get)


def test_probabilities_of_sentences_sum_to_one():
    _, tree = random_model(0)
    sentences = [q for p, q in prefixes(tree).items() if len(p) == 2]
    assert len(sentences) == 9
    assert_close(sum(sentences), 1.0)


def test_the_finding_greedy_misses_what_a_beam_of_two_finds():
    probabilities = prefixes(TREE)
    greedy, beam = (beams(probabilities, width)[-1][0] for width in (1, 2))
    assert " ".join(beam) == "a bird sings"
    assert_close(probabilities[beam], 0.324)
    assert beam == max((p for p in probabilities if len(p) == 3), key=probabilities.get)
    assert greedy[0] == "the"
    assert max(q for p, q in probabilities.items() if len(p) == 3 and p[0] == "the") <= 0.2101


def test_the_steps_look_and_choose_in_turn():
    figure = beam_search_steps(width=2, question="Where?")
    assert figure.question == "Where?"
    assert figure.state["labels"][:3] == ["Start.", "Look at word 1.", "Choose word 1."]
    assert figure.state["labels"][-1] in figure.alt
    greedy, beam = figure.state["frames"][2]
    assert 'dlx-gray" color="#767676" fill="currentColor" text-anchor="middle"' in greedy
    assert "a .40" in greedy
    assert 'class="dlx-gray" color="#767676" fill="currentColor" text-anchor' not in beam
    greedy, beam = figure.state["frames"][-1]
    assert "a bird" not in greedy
    assert "bird .36" in beam
    assert "bird" not in greedy


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("tree", "width", "message"),
    [
        (TREE, 0, "width must be at least 1, got 0"),
        (TREE, 1.5, "width must be at least 1, got 1.5"),
        ({}, 1, "tree must map words to pairs"),
        ([1], 1, r"tree must map words to pairs .*, got \[1\]"),
        ({"a": 1}, 1, "tree must map words to pairs .*, got 'a': 1"),
        ({"a": (2, {})}, 1, "the probability of 'a' in tree must be 0 to 1: 2"),
        ({"a": (0.5, {}), "b": (0.4, {})}, 1, "probabilities in tree must sum to 1, got 0.9"),
        ({"a": (1, {"b": (0.5, {})})}, 1, r"probabilities in tree\['a'\] must sum to 1, got 0.5"),
        (
            {"a": (0.5, {}), "b": (0.5, {"c": (1, {})})},
            1,
            "sentences must be equally long, 1 to 4 words",
        ),
        ({str(k): (1 / 16, {}) for k in range(16)}, 1, "there may be 12 sentences, got 16"),
    ],
)
def test_bad_input(tree, width, message):
    with pytest.raises(ValueError, match=message):
        beam_search_steps(tree, width)
