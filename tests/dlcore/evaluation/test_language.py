"""Perplexity and bits in closed form; BLEU as NLTK and sacreBLEU have it; edits by search."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import evaluation
from tests.parity import assert_close


@pytest.mark.reference("uniform model over V: V", of="dlcore.evaluation.perplexity")
@pytest.mark.reference("closed form", of="dlcore.evaluation.bits_per_character")
def test_perplexity_and_bits(generator):
    for v in (2, 27, 1000):
        uniform = F.cross_entropy(torch.zeros(6, v), torch.randint(v, (6,), generator=generator))
        assert_close(evaluation.perplexity(uniform), float(v), rtol=1e-5)
        assert_close(evaluation.bits_per_character(uniform), math.log2(v), rtol=1e-5)
        assert_close(evaluation.perplexity(math.log(v)), v)
        assert_close(evaluation.bits_per_character(math.log(v)), math.log2(v))
    assert evaluation.perplexity(0.0) == 1


SENTENCES = """
the cat sat on the mat today | the cat is on the mat today | there is a cat on the mat
it is a guide to action which ensures that the military always obeys the commands of the party
| it is a guide to action that ensures that the military will forever heed party commands
| it is the guiding principle which guarantees the military forces always being under the command
of the party
a b c d e f | a b c d f e g h i
"""
LINES = SENTENCES.replace("\n|", " |").replace("\nof", " of").strip().split("\n")
TABLE = [[part.split() for part in line.split("|")] for line in LINES]
CANDIDATES = [parts[0] for parts in TABLE]
REFERENCES = [parts[1:] for parts in TABLE]


@pytest.mark.reference("nltk.translate.bleu_score.corpus_bleu", of="dlcore.evaluation.bleu")
@pytest.mark.reference("sacrebleu.corpus_bleu", of="dlcore.evaluation.bleu")
def test_bleu_of_other_programs():
    bleu = evaluation.bleu
    assert_close(bleu(CANDIDATES, REFERENCES), 0.46381908177749815)
    assert_close(bleu(CANDIDATES, REFERENCES, max_n=2), 0.6841244292079587)
    assert_close(bleu(CANDIDATES[2:], REFERENCES[2:]), 0.3410772549513789)
    assert_close(bleu(CANDIDATES[2:], REFERENCES[2:], smoothing=1.0), 0.4056114983537769)
    first = [[references[0]] for references in REFERENCES]
    assert_close(bleu(CANDIDATES, first), 0.4465636148617176)


def test_bleu_clips_counts_and_asks_for_length():
    reference = ["the", "cat", "is", "on", "the", "mat"]
    seven = ["the"] * 7
    assert_close(evaluation.bleu([seven], [[reference]], max_n=1), 2 / 7)
    assert_close(evaluation.bleu([reference[:3]], [[reference]], max_n=1), math.exp(1 - 6 / 3))
    assert evaluation.bleu([seven], [[reference]]) == 0
    assert evaluation.bleu([[]], [[reference]]) == 0
    assert_close(evaluation.bleu(["catsat"], [["catsat", "dog"]]), 1.0)


def by_search(a, b):
    """The edit distance over all alignments, for short strings."""
    best = len(a) + len(b)
    for n in range(min(len(a), len(b)) + 1):
        for i in itertools.combinations(range(len(a)), n):
            for j in itertools.combinations(range(len(b)), n):
                changed = sum(a[x] != b[y] for x, y in zip(i, j, strict=True))
                best = min(best, changed + len(a) - n + len(b) - n)
    return best


@pytest.mark.reference("all alignments", of="dlcore.evaluation.edit_distance")
@pytest.mark.reference("all alignments", of="dlcore.evaluation.error_rate")
@pytest.mark.reference("count", of="dlcore.evaluation.exact_match")
def test_edits(generator):
    pairs = []
    for _ in range(40):
        sizes = torch.randint(6, (2,), generator=generator).tolist()
        pairs.append([torch.randint(3, (s,), generator=generator).tolist() for s in sizes])
    for a, b in pairs:
        assert evaluation.edit_distance(a, b) == by_search(a, b)
    candidates, references = zip(*pairs, strict=True)
    edits = sum(by_search(a, b) for a, b in pairs)
    assert_close(evaluation.error_rate(candidates, references), edits / sum(map(len, references)))
    same = sum(a == b for a, b in pairs)
    assert evaluation.exact_match(candidates, references) == same / 40
    assert evaluation.exact_match([["a", "b"], ["a"]], [("a", "b"), ("b",)]) == 0.5


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: evaluation.perplexity(-0.1), "below 0"),
        (lambda: evaluation.perplexity(torch.tensor([0.1, -1.0])), "below 0"),
        (lambda: evaluation.bits_per_character(-1.0), "below 0"),
        (lambda: evaluation.bleu([], []), "as many references"),
        (lambda: evaluation.bleu(["a"], [["a"], ["b"]]), "as many references"),
        (lambda: evaluation.bleu(["a"], [[]]), "a reference for each"),
        (lambda: evaluation.exact_match(["a"], []), "as many references"),
        (lambda: evaluation.error_rate(["a"], [""]), "empty"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
