"""Made-up sentences with the answer known: opinions, names, questions, numbers in two languages."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import torch

_THINGS = ("film", "book", "hotel", "meal", "phone", "concert", "course", "museum")
_GOOD = ("good", "great", "charming", "clever", "lovely", "superb", "fine", "delightful")
_BAD = ("bad", "awful", "boring", "clumsy", "dreadful", "poor", "weak", "tedious")
_FRAMES = (
    "the {thing} was {opinion}",
    "i found the {thing} {opinion}",
    "this {thing} is {opinion} , i think",
    "my friends said the {thing} was {opinion}",
    "what a week : the {thing} turned out {opinion}",
)

# Surnames that are places too: only the words around them tell
_AMBIGUOUS = ("Lincoln", "Washington", "Sydney", "Florence", "Kent", "Chester")
_NAMES = {
    "first": ("Ada", "Boris", "Chen", "Dina", "Emil", "Fatima", "Goran", "Hanna"),
    "last": ("Baker", "Okafor", "Meyer", "Tanaka", "Rossi", "Novak", *_AMBIGUOUS),
    "place": ("Lisbon", "Oslo", "Nairobi", "Quito", "Hanoi", "Turin", *_AMBIGUOUS),
}
_UNSEEN = {
    "first": ("Ivo", "Jasmin", "Kofi", "Lena", "Mateo", "Nadia"),
    "last": ("Silva", "Kowalski", "Adeyemi", "Larsen", "Haddad", "Moreau"),
    "place": ("Bergen", "Tunis", "Lima", "Porto", "Dakar", "Riga"),
}
_ORGANISATIONS = ("{last} Group", "{last} and Sons", "University of {place}", "{place} Bank")
_REPORTS = (
    "{PER} moved to {LOC} last year .",
    "{ORG} opened an office in {LOC} .",
    "in {LOC} , {PER} joined {ORG} .",
    "{ORG} was founded by {PER} and {PER} .",
    "yesterday {PER} met the board of {ORG} .",
    "the road from {LOC} to {LOC} is closed .",
    "shares of {ORG} fell after {PER} left .",
    "nobody in {LOC} knew her .",
)

_PEOPLE = ("Ada", "Boris", "Chen", "Dina", "Emil", "Fatima")
_FACTS = {
    "where does {who} live ?": (
        "{who} lives in {what} .",
        ("Oslo", "Lisbon", "a small town", "the old harbour of Turin"),
    ),
    "what does {who} do ?": (
        "{who} works as {what} .",
        ("a baker", "a teacher", "an engineer", "a judge of the high court"),
    ),
    "what does {who} play ?": (
        "{who} plays {what} .",
        ("chess", "the violin", "table tennis", "the double bass"),
    ),
}

_ONES = {
    "en": ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
           "eighteen", "nineteen"),
    "de": ("", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn",
           "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn",
           "achtzehn", "neunzehn"),
}  # fmt: skip
_TENS = {
    "en": ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    "de": ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"),
}


def _below(limit: int, generator: torch.Generator | None) -> int:
    device = generator.device if generator else None
    return int(torch.randint(limit, (), generator=generator, device=device))


def _one_of(choices: Sequence[Any], generator: torch.Generator | None) -> Any:
    return choices[_below(len(choices), generator)]


def _at_least_one(n: int) -> None:
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")


def make_reviews(
    n: int, *, negation: float = 0.5, generator: torch.Generator | None = None
) -> list[tuple[list[str], int]]:
    """Synthetic opinions in one sentence: is it praise?

    With "not" or "never" before it a word means its opposite, so that words alone do not tell.

    Args:
        n: how many.
        negation: the share of sentences in which the opinion is negated.
        generator: source of the draws; by default torch's global one.

    Returns:
        Pairs of words and label: 1 for praise, 0 for blame.

    Raises:
        ValueError: n below 1, or a share outside [0, 1].

    Section: :ref:`sec-text-classification`.

    Source: no publication; made by this function.

    Example:
        >>> words, label = make_reviews(1, negation=0.0)[0]
        >>> label in (0, 1), "not" in words
        (True, False)

    In production: a labelled corpus of your own.
    """
    _at_least_one(n)
    if not 0 <= negation <= 1:
        raise ValueError(f"negation must be a share in [0, 1], got {negation}")
    reviews = []
    for _ in range(n):
        praise = _below(2, generator)
        device = generator.device if generator else None
        negated = float(torch.rand((), generator=generator, device=device)) < negation
        word = _one_of(_GOOD if bool(praise) != negated else _BAD, generator)
        opinion = f"{_one_of(('not', 'never'), generator)} {word}" if negated else word
        thing = _one_of(_THINGS, generator)
        sentence = _one_of(_FRAMES, generator).format(thing=thing, opinion=opinion)
        reviews.append((sentence.split(), praise))
    return reviews


def make_entity_sentences(
    n: int, *, unseen: bool = False, generator: torch.Generator | None = None
) -> list[tuple[list[str], list[tuple[int, int, str]]]]:
    """Synthetic news with the names of persons, organisations and places marked.

    Some surnames are places as well, and organisations are named after both: what a word is hangs
    on the words around it.

    Args:
        n: how many sentences.
        unseen: draw from other names than usual, none of them ambiguous.
        generator: source of the draws; by default torch's global one.

    Returns:
        Pairs of words and spans: first word, the word after the last, and PER, ORG or LOC.

    Raises:
        ValueError: n is below 1.

    Section: :ref:`sec-named-entities`.

    Source: Tjong Kim Sang, De Meulder (2003), CoNLL-2003, arXiv:cs/0306050, for the kinds; the
        sentences are made by this function.

    Example:
        >>> words, spans = make_entity_sentences(1)[0]
        >>> all(0 <= start < end <= len(words) for start, end, _ in spans)
        True

    In production: an annotated corpus, such as CoNLL-2003.
    """
    _at_least_one(n)
    names = _UNSEEN if unseen else _NAMES

    def name(kind: str) -> list[str]:
        drawn = {part: _one_of(choices, generator) for part, choices in names.items()}
        pattern = {
            "PER": _one_of(("{first} {last}", "{last}"), generator),
            "LOC": "{place}",
            "ORG": _one_of(_ORGANISATIONS, generator),
        }[kind]
        return pattern.format(**drawn).split()

    sentences = []
    for _ in range(n):
        words: list[str] = []
        spans = []
        for token in _one_of(_REPORTS, generator).split():
            kind = token.strip("{}")
            new = name(kind) if kind != token else [token]
            if kind != token:
                spans.append((len(words), len(words) + len(new), kind))
            words += new
        sentences.append((words, spans))
    return sentences


class ReadingQuestion(NamedTuple):
    """A passage, a question, and where in the passage the answer stands.

    Attributes:
        passage: words.
        question: words.
        start: the answer's first word.
        end: its last word.

    Section: :ref:`sec-question-answering`.

    Example:
        >>> item = ReadingQuestion("he lives in Oslo .".split(), "where ?".split(), 3, 3)
        >>> item.passage[item.start : item.end + 1]
        ['Oslo']

    In production: a record of SQuAD.
    """

    passage: list[str]
    question: list[str]
    start: int
    end: int


def make_questions(
    n: int, *, facts: int = 4, generator: torch.Generator | None = None
) -> list[ReadingQuestion]:
    """Synthetic passages about several persons, and a question about one of them.

    The passage holds facts of the same kind about others, so that the kind of question alone does
    not tell the answer.

    Args:
        n: how many.
        facts: sentences in a passage, 2 or more.
        generator: source of the draws; by default torch's global one.

    Returns:
        Passage, question and the answer's place.

    Raises:
        ValueError: n below 1, or facts outside 2 to 18.

    Section: :ref:`sec-question-answering`.

    Source: Rajpurkar, Zhang, Lopyrev, Liang (2016), SQuAD, arXiv:1606.05250, for the task; the
        passages are made by this function.

    Example:
        >>> item = make_questions(1)[0]
        >>> 0 <= item.start <= item.end < len(item.passage)
        True

    In production: SQuAD, or questions about your own documents.
    """
    _at_least_one(n)
    every = [(who, question) for who in _PEOPLE for question in _FACTS]
    if not 2 <= facts <= len(every):
        raise ValueError(f"facts must lie between 2 and {len(every)}, got {facts}")
    items = []
    for _ in range(n):
        device = generator.device if generator else None
        order = torch.randperm(len(every), generator=generator, device=device).tolist()
        who, question = every[order[0]]
        rival = next(every[i] for i in order[1:] if every[i][1] == question)
        told = [every[i] for i in order[1:] if every[i] != rival][: facts - 2]
        for fact in (rival, (who, question)):
            told.insert(_below(len(told) + 1, generator), fact)
        passage: list[str] = []
        span = (0, 0)
        for person, kind in told:
            frame, answers = _FACTS[kind]
            before, after = frame.format(who=person, what="|").split(" | ")
            answer = _one_of(answers, generator).split()
            if (person, kind) == (who, question):
                start = len(passage) + len(before.split())
                span = (start, start + len(answer) - 1)
            passage += [*before.split(), *answer, *after.split()]
        items.append(ReadingQuestion(passage, question.format(who=who).split(), *span))
    return items


def make_number_words(numbers: Iterable[int]) -> list[tuple[list[str], list[str]]]:
    """Numbers in English and German words; German says the ones before the tens.

    Args:
        numbers: from 1 to 9999.

    Returns:
        Pairs such as (["twenty", "one"], ["ein", "und", "zwanzig"]); German words are shown in
        their parts.

    Raises:
        ValueError: a number outside 1 to 9999.

    Section: :ref:`sec-machine-translation`.

    Source: Duden, Die Grammatik, on cardinal numbers.

    Example:
        >>> make_number_words([305])
        [(['three', 'hundred', 'five'], ['drei', 'hundert', 'fünf'])]

    In production: the num2words package.
    """
    pairs = []
    for number in numbers:
        if not 1 <= number <= 9999:
            raise ValueError(f"numbers must lie between 1 and 9999, got {number}")
        german = _spelled(number, "de", "tausend", "hundert")
        if german[-1] == "ein":
            german[-1] = "eins"
        pairs.append((_spelled(number, "en", "thousand", "hundred"), german))
    return pairs


def _spelled(number: int, language: str, thousand: str, hundred: str) -> list[str]:
    ones, tens = _ONES[language], _TENS[language]
    words = []
    for size, name in ((1000, thousand), (100, hundred)):
        if number >= size:
            words += [ones[number // size], name]
            number %= size
    if number < 20:
        return words + [ones[number]] * (number > 0)
    ten, one = tens[number // 10 - 2], ones[number % 10]
    if not one:
        return [*words, ten]
    return [*words, *((ten, one) if language == "en" else (one, "und", ten))]
