"""Explorable: greedy search and beam search for the likeliest sentence, side by side."""

import math
from collections.abc import Mapping, Sequence

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.step_through import step_through

Prefix = tuple[str, ...]
HEIGHT, MOST_SENTENCES, MOST_WORDS = 330, 12, 4
TREE: Mapping = {
    "the": (
        0.6,
        {
            "dog": (0.5, {"barks": (0.6, {}), "sleeps": (0.4, {})}),
            "cat": (0.5, {"sleeps": (0.7, {}), "purrs": (0.3, {})}),
        },
    ),
    "a": (
        0.4,
        {
            "bird": (0.9, {"sings": (0.9, {}), "flies": (0.1, {})}),
            "fish": (0.1, {"swims": (0.8, {}), "sleeps": (0.2, {})}),
        },
    ),
}
QUESTION = (
    "A model says how likely each next word is. Does the likeliest word at every step lead to the "
    "likeliest sentence?"
)
PREDICTION = "Yes: the largest factors make the largest product."
FINDING = (
    "No. Greedy search takes 'the' and is then among sentences of probability 0.21 at most, while "
    "'a bird sings' has 0.32: its first word is the less likely one, its later ones are nearly "
    "certain. A beam of two keeps 'a' in play for one step more, and that is enough. It is no "
    "guarantee either: a beginning that falls behind two others is gone for good, and only a beam "
    "as wide as the tree never errs."
)


def prefixes(tree: Mapping, start: Prefix = (), probability: float = 1.0) -> dict[Prefix, float]:
    """Every beginning of a sentence with its probability, the empty one first."""
    found = {start: probability}
    for word, (p, after) in tree.items():
        found |= prefixes(after, (*start, word), probability * p)
    return found


def beams(probabilities: Mapping[Prefix, float], width: int) -> list[list[Prefix]]:
    """The beginnings kept after each word, the likeliest first; among equals the first listed."""
    kept: list[list[Prefix]] = [[()]]
    for length in range(1, 1 + max(map(len, probabilities))):
        candidates = [p for p in probabilities if len(p) == length and p[:-1] in kept[-1]]
        kept.append(sorted(candidates, key=lambda p: -probabilities[p])[:width])
    return kept


def _check(tree: object, path: str = "tree") -> None:
    """Raise unless every word leads to (probability, tree) and the probabilities sum to 1."""
    wanted = f"{path} must map words to pairs (probability, tree of what follows)"
    if not isinstance(tree, Mapping) or not tree:
        raise ValueError(f"{wanted}, got {tree!r}")
    for word, pair in tree.items():
        if not (isinstance(word, str) and isinstance(pair, Sequence) and len(pair) == 2):
            raise ValueError(f"{wanted}, got {word!r}: {pair!r}")
        if not (isinstance(pair[0], int | float) and 0 <= pair[0] <= 1):
            raise ValueError(f"the probability of {word!r} in {path} must be 0 to 1: {pair[0]!r}")
        if pair[1] != {}:
            _check(pair[1], f"{path}[{word!r}]")
    total = math.fsum(pair[0] for pair in tree.values())
    if not math.isclose(total, 1.0, abs_tol=1e-9):
        raise ValueError(f"the probabilities in {path} must sum to 1, got {total:g}")


def _heights(probabilities: Mapping[Prefix, float]) -> dict[Prefix, float]:
    """Sentences from the top down, each beginning in the middle of what it leads to."""
    length = max(map(len, probabilities))
    sentences = [p for p in probabilities if len(p) == length]
    rows = {p: len(sentences) - k - 0.5 for k, p in enumerate(sentences)}

    def middle(prefix: Prefix) -> float:
        ours = [row for p, row in rows.items() if p[: len(prefix)] == prefix]
        return (ours[0] + ours[-1]) / 2

    return {p: middle(p) for p in probabilities}


def _panel(
    title: str,
    probabilities: Mapping[Prefix, float],
    seen: Sequence[Prefix],
    kept: Sequence[Prefix],
    fresh: Sequence[Prefix],
) -> Panel:
    """The part of the tree that has been seen: kept blue, fresh black, dropped grey and dashed."""
    places, length = _heights(probabilities), max(map(len, probabilities))
    rows = sum(len(p) == length for p in probabilities)
    panel = Panel(title, (-0.3, length + 0.45), (0, rows), height=HEIGHT, frame=False).legend(
        blue=("—", "kept"), black=("—", "just seen"), gray=("- -", "dropped")
    )
    looks = {
        prefix: ("black", "none", 1.2)
        if prefix in fresh
        else ("blue", "none", 2.2)
        if any(p[: len(prefix)] == prefix for p in (*kept, *fresh))
        else ("gray", "3 4", 1.0)
        for prefix in seen
    }
    for n, prefix in enumerate(seen[1:]):
        color, dash, width = looks[prefix]
        ends = [len(prefix) - 0.68, len(prefix) - 0.4]
        heights = [places[prefix[:-1]], places[prefix]]
        panel.line(f"edge{n}", ends, heights, color, dash=dash, width=width)
    for n, prefix in enumerate(seen):
        number = f"{probabilities[prefix]:.2f}".removeprefix("0")
        text = f"{prefix[-1]} {number}" if prefix else "start"
        panel.label(f"word{n}", len(prefix), places[prefix], text, looks[prefix][0])
    return panel


def beam_search_steps(
    tree: Mapping | None = None,
    width: int = 2,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Greedy search beside beam search, word by word: what they see, keep and drop.

    The number behind a word is the probability of the sentence up to it.

    Args:
        tree: maps each first word to (its probability, the tree of what follows), {} at the end;
            all sentences are equally long, at most 4 words, and at most 12; by default eight
            sentences of three words.
        width: how many beginnings the beam keeps.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: no such tree, or a width below 1.

    Source: Lowerre (1976), The HARPY speech recognition system, Carnegie Mellon University.

    Example:
        >>> figure = beam_search_steps({"yes": (0.7, {}), "no": (0.3, {})}, width=1)
        >>> figure.state["labels"][-1]
        'Greedy ends with yes (0.70), a beam of 1 with yes (0.70); the likeliest is yes (0.70).'

    In production: transformers' generate(num_beams=...).
    """
    tree = TREE if tree is None else tree
    _check(tree)
    if not (isinstance(width, int) and width >= 1):
        raise ValueError(f"width must be at least 1, got {width}")
    probabilities = prefixes(tree)
    length = max(map(len, probabilities))
    inner = {p[:-1] for p in probabilities if p}
    sentences = [p for p in probabilities if p not in inner]
    if {len(p) for p in sentences} != {length} or length > MOST_WORDS:
        raise ValueError(f"sentences must be equally long, 1 to {MOST_WORDS} words")
    if len(sentences) > MOST_SENTENCES:
        raise ValueError(f"there may be {MOST_SENTENCES} sentences, got {len(sentences)}")
    searches = [beams(probabilities, 1), beams(probabilities, width)]
    titles = ["Greedy search", f"Beam of {width}"]
    states, labels = [], []
    for step in range(2 * length + 1):
        panels = []
        for title, kept in zip(titles, searches, strict=True):
            known = (step + 1) // 2  # words; odd steps look, even ones choose
            beam = kept[step // 2] if step < 2 * length else kept[-1][:1]
            seen = [
                p
                for p in probabilities
                if len(p) <= known and (not p or p[:-1] in kept[len(p) - 1])
            ]
            fresh = [p for p in seen if len(p) == known] if step % 2 else []
            panels.append(_panel(title, probabilities, seen, beam, fresh))
        states.append(panels)
        labels.append(f"{'Look at' if step % 2 else 'Choose'} word {(step + 1) // 2}.")
    labels[0] = "Start."
    best = max(sentences, key=lambda p: probabilities[p])
    ends = [
        f"{' '.join(p)} ({probabilities[p]:.2f})" for p in (*(k[-1][0] for k in searches), best)
    ]
    labels[-1] = (
        f"Greedy ends with {ends[0]}, a beam of {width} with {ends[1]}; the likeliest is {ends[2]}."
    )
    return step_through(
        states,
        labels,
        question=question,
        prediction=prediction,
        finding=finding,
        alt=f"Two trees of words, grown by greedy search and by a beam of {width}. {labels[-1]}",
        start=0,
    )
