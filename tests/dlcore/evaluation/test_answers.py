"""Answers, names, translations, programs and first guesses: by hand, by enumeration, by peers."""

import itertools
import math
import re

import pytest
import sklearn.metrics
import torch

from dlcore import evaluation

SPANS = [[(0, 2, "PER"), (3, 4, "LOC")], [], [(1, 3, "ORG")]]


@pytest.mark.reference(
    "sklearn.metrics.top_k_accuracy_score", of="dlcore.evaluation.top_k_accuracy"
)
@pytest.mark.parametrize("k", [1, 3, 6])
def test_top_k_against_scikit_learn(generator, k):
    scores = torch.randn(41, 7, generator=generator)
    y = torch.randint(7, (41,), generator=generator)
    expected = sklearn.metrics.top_k_accuracy_score(y, scores, k=k, labels=range(7))
    assert evaluation.top_k_accuracy(scores, y, k) == pytest.approx(expected)


def test_equal_scores_are_no_guess():
    assert evaluation.top_k_accuracy(torch.zeros(5, 4), torch.arange(5) % 4, k=3) == 0


# what sacrebleu 2.6.0 gives, divided by 100
@pytest.mark.reference("sacrebleu.corpus_chrf", of="dlcore.evaluation.chrf")
@pytest.mark.parametrize(
    ("candidates", "references", "n", "beta", "expected"),
    [
        (["the cats sat"], ["the cat sat"], 6, 2.0, 0.7477567889177844),
        (["the cats sat"], ["the cat sat"], 3, 1.0, 0.8962102269941659),
        (["Das ist ein Haus", "ja"], ["Dies ist das Haus", "ja genau"], 6, 2.0, 0.2587988448301486),
        (["the cat sat on the mat"], ["the cat is on the mat"], 6, 2.0, 0.645779420625287),
        (["a"], ["ab"], 6, 2.0, 0.5555555555555556),
        (["xyz"], ["abc"], 6, 2.0, 0.0),
        ([""], ["abc"], 6, 2.0, 0.0),
    ],
)
def test_chrf_as_its_reference_program(candidates, references, n, beta, expected):
    assert evaluation.chrf(candidates, references, n, beta) == pytest.approx(expected, rel=1e-12)


# section 5 of the SQuAD paper and its script
@pytest.mark.reference("by hand", of="dlcore.evaluation.normalize_answer")
@pytest.mark.reference("by hand", of="dlcore.evaluation.answer_exact_match")
@pytest.mark.reference("by hand", of="dlcore.evaluation.qa_f1")
@pytest.mark.parametrize(
    ("answer", "truths", "exact", "f1"),
    [
        ("the city of Paris", "Paris", False, 0.5),
        ("The Paris!", "paris", True, 1.0),
        ("an answer", ["a answer", "other"], True, 1.0),
        ("blue blue car", ["blue car", "red"], False, 0.8),
        ("red", "blue", False, 0.0),
        ("the", "a", True, 1.0),
        ("", "blue", False, 0.0),
        ("theatre", "atre", False, 0.0),
    ],
)
def test_answers(answer, truths, exact, f1):
    assert evaluation.answer_exact_match(answer, truths) is exact
    assert evaluation.qa_f1(answer, truths) == pytest.approx(f1)
    assert evaluation.normalize_answer("A  the-Theatre,") == "thetheatre"


@pytest.mark.reference("all sequences of tags", of="dlcore.evaluation.bio_encode")
@pytest.mark.reference("regular expression", of="dlcore.evaluation.bio_decode")
def test_tags_of_four_words():
    for tags in itertools.product(["O", "B-X", "I-X", "B-Y", "I-Y"], repeat=4):
        spans = evaluation.bio_decode(tags)
        letters = "".join(
            {"B-X": "X", "I-X": "x", "B-Y": "Y", "I-Y": "y"}.get(t, "o") for t in tags
        )
        found = re.finditer(r"[Xx]x*|[Yy]y*", letters)
        assert spans == [(m.start(), m.end(), m[0][0].upper()) for m in found]
        strict = not re.search(r"(^|[oYy])x|(^|[oXx])y", letters)
        assert (evaluation.bio_encode(4, spans) == list(tags)) == strict
        assert evaluation.bio_decode(evaluation.bio_encode(4, spans)) == spans


@pytest.mark.reference("all sequences of tags", of="dlcore.evaluation.bio_transitions")
def test_transitions_allow_what_survives_decoding():
    tags = ["O", "B-X", "I-X", "B-Y", "I-Y"]
    allowed, first = evaluation.bio_transitions(tags)
    for numbers in itertools.product(range(5), repeat=3):
        named = [tags[i] for i in numbers]
        again = evaluation.bio_encode(3, evaluation.bio_decode(named))
        steps = all(allowed[i, j] for i, j in itertools.pairwise(numbers))
        assert (again == named) == bool(first[numbers[0]] and steps)


@pytest.mark.reference("sklearn.metrics.f1_score", of="dlcore.evaluation.span_f1")
@pytest.mark.reference("sklearn.metrics.f1_score", of="dlcore.evaluation.SpanScores")
def test_spans_against_sets():
    predicted = [[(0, 2, "PER"), (3, 4, "ORG")], [(0, 1, "PER")], [(1, 3, "ORG")]]
    every = [(i, *s) for spans in (SPANS, predicted) for i, row in enumerate(spans) for s in row]
    truth, said = (
        [(i, *s) in {(j, *t) for j, row in enumerate(spans) for t in row} for i, *s in set(every)]
        for spans in (SPANS, predicted)
    )
    expected = sklearn.metrics.precision_recall_fscore_support(truth, said, average="binary")[:3]
    assert evaluation.span_f1(predicted, SPANS) == pytest.approx(expected)
    assert evaluation.span_f1(SPANS, SPANS) == (1, 1, 1)
    assert evaluation.span_f1([[], [], []], SPANS) == (0, 0, 0)
    assert evaluation.span_f1([[]], [[]]) == (0, 0, 0)


@pytest.mark.reference("all choices", of="dlcore.evaluation.pass_at_k")
def test_pass_at_k_by_enumeration():
    for n, c, k in [(5, 2, 1), (6, 2, 3), (6, 0, 2), (6, 5, 2), (4, 4, 4)]:
        draws = list(itertools.combinations([True] * c + [False] * (n - c), k))
        assert evaluation.pass_at_k(n, c, k) == pytest.approx(sum(map(any, draws)) / len(draws))
    assert math.isfinite(evaluation.pass_at_k(2000, 3, 1000))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: evaluation.top_k_accuracy(torch.ones(3, 4), torch.ones(2)),
            r"\(3, 4\) and \(2,\)",
        ),
        (
            lambda: evaluation.top_k_accuracy(torch.ones(1, 4), torch.tensor([0])),
            "number of classes 4, got 5",
        ),
        (
            lambda: evaluation.top_k_accuracy(torch.ones(1, 4), torch.tensor([4]), 1),
            r"0\.\.3",
        ),
        (lambda: evaluation.chrf([], []), "at least 1, got 0"),
        (lambda: evaluation.chrf(["a"], ["a"], n=0), "n >= 1"),
        (lambda: evaluation.qa_f1("a", []), "at least one right answer"),
        (lambda: evaluation.bio_encode(3, [(1, 4, "X")]), r"\(1, 4\) does not fit into 3 words"),
        (lambda: evaluation.bio_encode(3, [(0, 2, "X"), (1, 3, "Y")]), "overlaps another"),
        (lambda: evaluation.bio_decode(["B-X", "X"]), "got 'X'"),
        (lambda: evaluation.bio_decode(["B-"]), "got 'B-'"),
        (lambda: evaluation.span_f1([[]], []), "for 1 sentences, true for 0"),
        (lambda: evaluation.pass_at_k(3, 4, 1), "n=3, c=4, k=1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
