from fractions import Fraction
from itertools import pairwise, product

import pytest

from dlcore.explorables import bayes_icons
from dlcore.explorables.bayes_icons import SCRIPTS, beliefs, people
from tests.parity import assert_close

TESTS = [(0.01, 0.95, 0.95), (0.5, 0.5, 0.999), (0.001, 0.999, 0.8), (0.3, 0.7, 0.5)]


def posterior(rate, sensitivity, specificity, results):
    """Enumerated: the share of the ill among those who have exactly these results."""
    rate, ill, well = (Fraction(str(v)) for v in (rate, sensitivity, specificity))
    shares = [rate, 1 - rate]
    for result in results:
        likelihoods = (ill, 1 - well) if result == "+" else (1 - ill, well)
        shares = [share * p for share, p in zip(shares, likelihoods, strict=True)]
    return float(shares[0] / sum(shares))


@pytest.mark.reference("fractions.Fraction", of="dlcore.explorables.bayes_icons")
@pytest.mark.parametrize("test", TESTS)
def test_every_belief_in_the_page_is_the_enumerated_share(javascript, test):
    texts = ["".join(signs) for n in range(5) for signs in product("+-", repeat=n)]
    rate, sensitivity, specificity = test
    got = javascript(
        SCRIPTS,
        "texts.map((text) => probability(beliefs(...test, text).at(-1)))",
        test=test,
        texts=texts,
    )
    assert_close(got, [posterior(*test, text) for text in texts], rtol=1e-9)
    got = javascript(SCRIPTS, "beliefs(...test, '+-++')", test=test)
    assert_close(got, beliefs(rate, sensitivity, specificity, "+-++"))


@pytest.mark.parametrize("test", TESTS)
def test_the_people_are_a_thousand_and_in_proportion(javascript, test):
    rate, sensitivity, specificity = test
    counts = javascript(SCRIPTS, "people(...test)", test=test)
    assert counts == list(people(*test).values())
    assert sum(counts) == 1000
    assert sum(counts[:2]) == pytest.approx(1000 * rate, abs=0.501)
    assert counts[0] == pytest.approx(sum(counts[:2]) * sensitivity, abs=0.501)
    assert counts[3] == pytest.approx(sum(counts[2:]) * specificity, abs=0.501)


def test_the_finding():
    shares = [posterior(0.01, 0.95, 0.95, "+" * n) for n in range(4)]
    assert [round(100 * p) for p in shares] == [1, 16, 78, 99]
    counts = people(0.01, 0.95, 0.95)
    assert (counts["ill_positive"] + counts["ill_negative"], counts["well_positive"]) == (10, 50)
    assert counts["ill_positive"] == 10
    assert counts["well_positive"] * 6 == 5 * (counts["well_positive"] + counts["ill_positive"])
    odds = [p / (1 - p) for p in shares]
    assert_close([b / a for a, b in pairwise(odds)], [19.0] * 3)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.16101, "16.1 %"),
        (0.000000532, "5.3\xa0×\xa010⁻⁵ %"),
        (0.99861, "99.86 %"),
        (1, "over 99.99 %"),
    ],
)
def test_percentages_in_words(javascript, p, words):
    assert javascript(SCRIPTS, "percent(p)", p=p) == words


def test_the_still_says_what_the_caller_asked_for():
    figure = bayes_icons(0.05, 0.8, 0.9, "+", question="Ill?")
    assert "of whom 29.6 % are ill" in figure.alt
    assert "after 1 results; after one more positive result it is 77.1 %" in figure.alt
    assert (figure.state["results"], figure.question) == ("+", "Ill?")
    assert 0.05 in figure.state["rates"]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"base_rate": 0}, "base_rate must lie between 0.001 and 0.5, got 0"),
        ({"sensitivity": 1}, "sensitivity must lie between 0.5 and 0.999, got 1"),
        ({"specificity": 0.4}, "specificity must lie between 0.5 and 0.999, got 0.4"),
        ({"results": "+?"}, r"results must be up to 6 of '\+' and '-', got '\+\?'"),
        ({"results": "+" * 7}, "results must be up to 6"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        bayes_icons(**arguments)
