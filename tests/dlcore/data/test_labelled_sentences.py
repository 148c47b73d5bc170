"""Made-up sentences, pictures and faces: their labels, read back by other rules."""

import collections
import re

import pytest
import sklearn.naive_bayes
import torch

from dlcore import data

GOOD = {"good", "great", "charming", "clever", "lovely", "superb", "fine", "delightful"}


@pytest.mark.reference("counting negations", of="dlcore.data.make_reviews")
def test_opinions(generator):
    reviews = data.make_reviews(300, generator=generator)
    for words, label in reviews:
        negations = sum(word in ("not", "never") for word in words)
        assert label == (bool(GOOD & set(words)) ^ (negations % 2 == 1))
    assert 110 < sum(label for _, label in reviews) < 190
    assert not any("not" in words for words, _ in data.make_reviews(50, negation=0))
    assert all({"not", "never"} & set(w) for w, _ in data.make_reviews(50, negation=1))


# persons have no suffix, organizations do, places follow "in", "to", "from"
@pytest.mark.reference("words around a name", of="dlcore.data.make_entity_sentences")
@pytest.mark.parametrize("unseen", [False, True])
def test_entities(generator, unseen):
    kinds = collections.Counter()
    for words, spans in data.make_entity_sentences(300, unseen=unseen, generator=generator):
        for start, end, kind in spans:
            text = " ".join(words[start:end])
            before = words[start - 1] if start else ""
            if re.search(r" (Group|and Sons|Bank)$|^University of", text):
                expected = "ORG"
            elif before in ("in", "to", "from"):
                expected = "LOC"
            else:
                expected = "PER"
            assert kind == expected
            kinds[kind] += 1
        inside = {i for start, end, _ in spans for i in range(start, end)}
        assert not any(word[0].isupper() for i, word in enumerate(words) if i not in inside)
    assert set(kinds) == {"PER", "ORG", "LOC"}


def test_unseen_names_are_others(generator):
    seen, unseen = (
        {
            w
            for words, _ in data.make_entity_sentences(400, unseen=u, generator=generator)
            for w in words
            if w[0].isupper()
        }
        for u in (False, True)
    )
    assert seen & unseen <= {"Group", "Sons", "University", "Bank"}


@pytest.mark.reference("regular expression", of="dlcore.data.make_questions")
@pytest.mark.reference("regular expression", of="dlcore.data.ReadingQuestion")
@pytest.mark.parametrize("facts", [2, 4, 18])
def test_questions(generator, facts):
    verbs = {"live": "lives in", "do": "works as", "play": "plays"}
    places = set()
    for item in data.make_questions(60, facts=facts, generator=generator):
        who, verb = re.match(r"\w+ does (\w+) (\w+)", " ".join(item.question)).groups()
        passage = " ".join(item.passage)
        answers = re.findall(rf"\b{who} {verbs[verb]} ([^.]+) \.", passage)
        assert answers == [" ".join(item.passage[item.start : item.end + 1])]
        assert passage.count(verbs[verb]) >= 2
        assert item.passage.count(".") == facts
        places.add(item.passage[: item.start].count("."))
    assert len(places) == min(facts, 4) or len(places) > 4


def value(words, ones, tens, big):
    """The number that the words say, read from the left."""
    total = current = 0
    for word in words:
        if word in big:
            total, current = total + current * big[word], 0
        elif word in tens:
            current += 10 * (2 + tens.index(word))
        elif word in ones:
            current += 1 + ones.index(word)
    return total + current


@pytest.mark.reference("arithmetic of number words", of="dlcore.data.make_number_words")
def test_number_words():
    english = (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen",
        "twenty thirty forty fifty sixty seventy eighty ninety",
        {"hundred": 100, "thousand": 1000},
    )
    german = (
        "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
        "sechzehn siebzehn achtzehn neunzehn",
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
        {"hundert": 100, "tausend": 1000},
    )
    numbers = [*range(1, 130), *range(130, 10_000, 37)]
    for n, (en, de) in zip(numbers, data.make_number_words(numbers), strict=True):
        assert value(en, english[0].split(), english[1].split(), english[2]) == n
        spoken = ["ein" if word == "eins" else word for word in de]
        assert value(spoken, german[0].split(), german[1].split(), german[2]) == n
        assert ("eins" in de) == (n % 100 == 1)
    assert data.make_number_words([4021])[0][1] == ["vier", "tausend", "ein", "und", "zwanzig"]


def parts(image):
    """What is in each quarter of a picture, by its nearest colour and where it is filled."""
    colors = torch.tensor([[0.9, 0.2, 0.2], [0.2, 0.7, 0.3], [0.2, 0.3, 0.9], [0.9, 0.8, 0.2]])
    half = image.shape[1] // 2
    for row in (0, half):
        for column in (0, half):
            part = image[:, row : row + half, column : column + half].flatten(1).T
            to_grey = (part - 0.5).norm(dim=1)
            filled = to_grey > 0.25
            if filled.float().mean() > 0.1:
                color = torch.cdist(part[filled].mean(0, keepdim=True), colors).argmin().item()
                top = filled.reshape(half, half)[: half // 2].float().sum()
                share = filled.float().mean().item()
                kind = "square" if share > 0.53 else "circle"
                yield color, kind if top > 0.35 * filled.sum() else "triangle"


@pytest.mark.reference("the pictures' pixels", of="dlcore.data.make_visual_questions")
@pytest.mark.reference("the pictures' pixels", of="dlcore.data.VisualQuestions")
def test_visual_questions(generator):
    asked = data.make_visual_questions(60, size=40, generator=generator)
    for image, question, answer in zip(
        asked.images, asked.questions, asked.answers.tolist(), strict=True
    ):
        words = [asked.words[w] for w in question.tolist() if w]
        seen = list(parts(image))
        said = asked.answer_words[answer]
        if words[0] == "what":
            expected = [asked.answer_words[c] for c, kind in seen if kind == words[-2]]
            assert [said] == expected
        elif words[0] == "how":
            assert said == str(sum(f"{kind}s" == words[2] for _, kind in seen))
        else:
            there = (asked.answer_words.index(words[3]), words[4]) in seen
            assert said == ("yes" if there else "no")


@pytest.mark.reference("a rank test of distances", of="dlcore.data.synthetic_faces")
def test_faces(generator):
    X, y = data.synthetic_faces(6, 5, size=24, generator=generator)
    assert X.shape == (30, 3, 24, 24)
    assert y.bincount().tolist() == [5] * 6
    assert 0 <= X.min() <= X.max() <= 1
    distances = torch.cdist(X.flatten(1), X.flatten(1))
    same = (y[:, None] == y) & ~torch.eye(30, dtype=torch.bool)
    other = y[:, None] != y
    assert distances[same].mean() < distances[other].mean()
    fixed, people = data.synthetic_faces(3, 2, size=24, variation=0, noise=0, generator=generator)
    assert torch.equal(fixed[::2], fixed[1::2])
    assert (fixed[0] - fixed[2]).abs().max() > 0.1
    assert people.tolist() == [0, 0, 1, 1, 2, 2]
    again = [data.synthetic_faces(2, 1)[0] for _ in range(2)]
    assert torch.equal(*again)


@pytest.mark.reference("sklearn.naive_bayes.BernoulliNB", of="dlcore.data.load_docstrings")
@pytest.mark.reference("sklearn.naive_bayes.BernoulliNB", of="dlcore.data.LabelledTexts")
def test_topics_can_be_told_from_words():
    corpus = data.load_docstrings()
    assert len(corpus.texts) == len(corpus.labels) == len(set(corpus.texts)) > 700
    words = collections.Counter(
        w for t in corpus.texts for w in set(re.findall(r"[a-z]+", t.lower()))
    )
    frequent = [w for w, n in words.most_common(600)]
    X = torch.tensor([[w in t.lower() for w in frequent] for t in corpus.texts])
    y = torch.tensor(corpus.labels)
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(0))
    train, test = order[:600], order[600:]
    model = sklearn.naive_bayes.BernoulliNB().fit(X[train], y[train])
    assert model.score(X[test], y[test]) > 0.7 > 2 * (y.bincount().max() / len(y))
    assert "SciPy" in str(corpus.provenance)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.make_reviews(0), "n must be at least 1, got 0"),
        (lambda: data.make_reviews(1, negation=1.5), "got 1.5"),
        (lambda: data.make_entity_sentences(0), "got 0"),
        (lambda: data.make_questions(0), "got 0"),
        (lambda: data.make_questions(1, facts=1), "between 2 and 18, got 1"),
        (lambda: data.make_number_words([0]), "between 1 and 9999, got 0"),
        (lambda: data.make_visual_questions(0), "got 0, 24"),
        (lambda: data.make_visual_questions(1, size=17), "got 1, 17"),
        (lambda: data.synthetic_faces(0, 1), "got 0, 1, 32"),
        (lambda: data.synthetic_faces(1, 1, variation=-1), "got -1, 0.03"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
