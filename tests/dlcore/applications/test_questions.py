"""Spans by enumeration, retrieval by the formula, and a model of questions about images."""

import math
import re

import pytest
import torch
from torch.nn import functional as F

from dlcore import applications, data
from tests.parity import assert_close

DOCUMENTS = [
    "Oslo is the capital of Norway.",
    "The capital of France is Paris, the capital of art.",
    "A cat sat on the mat!",
    "cat",
]


@pytest.mark.reference("all spans", of="dlcore.applications.best_span")
@pytest.mark.reference("all spans", of="dlcore.applications.AnswerSpan")
@pytest.mark.parametrize("longest", [None, 1, 3])
def test_spans_by_enumeration(generator, longest):
    start, end = (torch.randn(5, 9, generator=generator) for _ in range(2))
    start[1, 4:], end[1, 4:] = -math.inf, -math.inf
    found = applications.best_span(start, end, longest)
    for row in range(5):
        spans = {
            (i, j): (start[row, i] + end[row, j]).item()
            for i in range(9)
            for j in range(i, min(9, i + (longest or 9)))
        }
        best = max(spans, key=spans.get)
        assert (found.start[row].item(), found.end[row].item()) == best
        assert found.score[row].item() == pytest.approx(spans[best])


@pytest.mark.reference("the formula in loops", of="dlcore.applications.BM25")
@pytest.mark.reference("the formula in loops", of="dlcore.applications.Retriever")
@pytest.mark.reference("the formula in loops", of="dlcore.applications.Retrieved")
def test_bm25_by_the_formula():
    search = applications.BM25(DOCUMENTS, k1=1.2, b=0.6)
    texts = [re.findall(r"\w+", d.lower()) for d in DOCUMENTS]
    mean = sum(map(len, texts)) / 4
    for query in ("capital of France?", "the THE cat", "unknown words"):
        expected = []
        for words in texts:
            score = 0.0
            for word in re.findall(r"\w+", query.lower()):
                n, has = words.count(word), sum(word in t for t in texts)
                idf = math.log(1 + (4 - has + 0.5) / (has + 0.5))
                score += idf * n * 2.2 / (n + 1.2 * (0.4 + 0.6 * len(words) / mean))
            expected.append(score)
        assert_close(search.scores(query), torch.tensor(expected, dtype=torch.float64))
    found = search.retrieve("capital of France", k=2)
    assert [hit.document for hit in found] == [1, 0]
    assert found[0].text == DOCUMENTS[1]
    assert found[0].score > found[1].score
    assert [hit.document for hit in search.retrieve("nothing", k=9)] == [0, 1, 2, 3]


def letters(texts):
    return torch.tensor([[float(text.lower().count(c)) for c in "abcnor"] for text in texts])


@pytest.mark.reference("torch.nn.functional", of="dlcore.applications.DenseRetriever")
def test_dense_retrieval():
    vectors, query = letters(DOCUMENTS), letters(["cacao"])
    dense = applications.DenseRetriever(DOCUMENTS, letters)
    assert_close(dense.scores("cacao"), F.cosine_similarity(vectors, query), rtol=1e-5, atol=1e-6)
    plain = applications.DenseRetriever(DOCUMENTS, letters, normalize=False)
    assert_close(plain.scores("cacao"), vectors @ query[0])


@pytest.mark.reference("by hand", of="dlcore.applications.RAGPipeline")
@pytest.mark.reference("by hand", of="dlcore.applications.RAGAnswer")
def test_answers_rest_on_passages():
    def read(question, passages):
        return f"{question} {len(passages)} {passages[0]}"

    rag = applications.RAGPipeline(applications.BM25(DOCUMENTS), read, k=2, min_score=0.1,
                                   unknown="I do not know.")  # fmt: skip
    answer = rag.answer("cat")
    assert answer.answer == "cat 2 cat"
    assert [p.document for p in answer.passages] == [3, 2]
    assert rag.answer("zebra") == ("I do not know.", [])


@pytest.mark.reference("torch.nn.functional", of="dlcore.applications.VQAModel")
def test_a_model_of_questions(generator):
    asked = data.make_visual_questions(3, size=16, generator=generator)
    model = applications.VQAModel(len(asked.words), len(asked.answer_words), width=4, d_model=5)
    model.eval()
    logits = model(asked.images, asked.questions).detach()
    assert logits.shape == (3, 11)
    sums = torch.stack([model.words.weight[q[q > 0]].sum(dim=0) for q in asked.questions])
    scale, shift = F.linear(sums, model.scale.weight, model.scale.bias) + 1, model.shift(sums)
    maps = model.look(asked.images)
    maps = torch.einsum("nchw,nc->nchw", maps, scale) + shift[:, :, None, None]
    maps = F.conv2d(maps.relu(), model.find[1].weight, model.find[1].bias) / (1 + 1e-5) ** 0.5
    flat = maps.relu().flatten(2)
    features = torch.cat([flat.mean(dim=2), flat.max(dim=2).values, sums], dim=1)
    assert_close(logits, model.decide(features).detach(), rtol=1e-4, atol=1e-5)
    padded = F.pad(asked.questions, (0, 4))
    assert_close(model(asked.images, padded), logits, rtol=1e-4, atol=1e-5)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: applications.best_span(torch.ones(1, 3), torch.ones(1, 4)), r"\(1, 4\)"),
        (lambda: applications.best_span(torch.ones(1, 3), torch.ones(1, 3), 0), "max_length = 0"),
        (
            lambda: applications.best_span(
                torch.tensor([[-math.inf, 0.0]]), torch.tensor([[0.0, -math.inf]])
            ),
            "no span that is allowed",
        ),
        (lambda: applications.BM25([]), "at least one document"),
        (lambda: applications.BM25(["a"], k1=-1), "got -1 and 0.75"),
        (lambda: applications.BM25(["a"]).retrieve("a", 0), "got 0"),
        (lambda: applications.DenseRetriever(["a"], lambda texts: torch.ones(2, 3)), r"\(1, d\)"),
        (lambda: applications.RAGPipeline(applications.BM25(["a"]), str, 0), "got 0"),
        (lambda: applications.VQAModel(0, 1), "at least 1"),
        (
            lambda: applications.VQAModel(3, 1)(torch.ones(1, 1, 8, 8), torch.ones(1, 2).long()),
            r"\(n, 3, h, w\)",
        ),
        (
            lambda: applications.VQAModel(3, 1)(torch.ones(1, 3, 8, 8), torch.ones(2, 2).long()),
            "1 images, 2 questions",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
