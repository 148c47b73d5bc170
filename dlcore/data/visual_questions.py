"""Synthetic pictures of coloured shapes with questions about them."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.data.scenes import SHAPES

_COLORS = {
    "red": (0.9, 0.2, 0.2),
    "green": (0.2, 0.7, 0.3),
    "blue": (0.2, 0.3, 0.9),
    "yellow": (0.9, 0.8, 0.2),
}
_KINDS = ("circle", "square", "triangle")
_GRID = 2
_WORDS = ("<pad>", "what", "colour", "is", "the", "how", "many", "there", "a", *_COLORS, *_KINDS,
          *(f"{kind}s" for kind in _KINDS), "?")  # fmt: skip
_ANSWERS = (*_COLORS, "0", "1", "2", "3", "4", "yes", "no")


class VisualQuestions(NamedTuple):
    """Pictures, a question about each, and the right answers.

    Attributes:
        images: pictures in [0, 1], shape (n, 3, s, s).
        questions: numbers of words, filled up with 0, shape (n, t).
        answers: numbers of answers, shape (n,).
        words: the words by their numbers.
        answer_words: the answers by their numbers.

    Section: :ref:`sec-visual-questions`.

    Example:
        >>> make_visual_questions(3).images.shape
        torch.Size([3, 3, 24, 24])

    In production: a record of VQA v2.
    """

    images: Float[Tensor, "n 3 s s"]
    questions: Int[Tensor, "n t"]
    answers: Int[Tensor, " n"]
    words: tuple[str, ...]
    answer_words: tuple[str, ...]


def make_visual_questions(
    n: int, *, size: int = 24, generator: torch.Generator | None = None
) -> VisualQuestions:
    """Draw pictures of 1 to 4 shapes, and ask for a colour, a number, or what is there.

    A colour is only asked of a shape that is there once; yes and no are equally frequent.

    Args:
        n: how many.
        size: side of a picture in pixels, 16 or more and even.
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        Pictures, questions and answers.

    Raises:
        ValueError: n below 1, or a side that is odd or below 16.

    Section: :ref:`sec-visual-questions`.

    Source: Johnson et al. (2017), CLEVR, arXiv:1612.06890, for the idea; drawn by this function.

    Example:
        >>> data = make_visual_questions(1)
        >>> [data.words[w] for w in data.questions[0] if w][-1]
        '?'
        >>> data.answer_words
        ('red', 'green', 'blue', 'yellow', '0', '1', '2', '3', '4', 'yes', 'no')

    In production: annotated photographs, such as VQA v2.
    """
    if n < 1 or size < 16 or size % _GRID:
        raise ValueError(f"n must be at least 1 and size even and at least 16, got {n}, {size}")
    generator = generator or torch.Generator().manual_seed(0)
    images = torch.empty(n, 3, size, size)
    asked, answers = [], []
    for i in range(n):
        objects = _objects(generator)
        images[i] = _picture(objects, size, generator)
        question, answer = _question(objects, generator)
        asked.append([_WORDS.index(word) for word in question.split()])
        answers.append(_ANSWERS.index(answer))
    questions = torch.zeros(n, max(map(len, asked)), dtype=torch.long)
    for row, numbers in zip(questions, asked, strict=True):
        row[: len(numbers)] = torch.tensor(numbers)
    return VisualQuestions(images, questions, torch.tensor(answers), _WORDS, _ANSWERS)


def _below(limit: int, generator: torch.Generator) -> int:
    return int(torch.randint(limit, (), generator=generator))


def _objects(generator: torch.Generator) -> list[tuple[str, str, int]]:
    """Colour, kind and cell of 1 to 4 shapes."""
    cells = torch.randperm(_GRID**2, generator=generator)[: 1 + _below(_GRID**2, generator)]
    colors = tuple(_COLORS)
    return [
        (colors[_below(len(colors), generator)], _KINDS[_below(len(_KINDS), generator)], cell)
        for cell in cells.tolist()
    ]


def _picture(objects: list[tuple[str, str, int]], size: int, generator: torch.Generator) -> Tensor:
    """Shapes on grey with a little noise."""
    image = torch.full((3, size, size), 0.5)
    side = size // _GRID
    axis = ((torch.arange(side) + 0.5) / side * 2 - 1) / 0.75
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    for color, kind, cell in objects:
        row, column = divmod(cell, _GRID)
        inside = SHAPES[kind](x, y)
        part = image[:, row * side : (row + 1) * side, column * side : (column + 1) * side]
        part[:, inside] = torch.tensor(_COLORS[color])[:, None]
    return (image + 0.03 * torch.randn(image.shape, generator=generator)).clamp(0, 1)


def _question(objects: list[tuple[str, str, int]], generator: torch.Generator) -> tuple[str, str]:
    """A question about the shapes and its answer."""
    kinds = [kind for _, kind, _ in objects]
    single = [(color, kind) for color, kind, _ in objects if kinds.count(kind) == 1]
    form = _below(3, generator)
    if form == 0 and single:
        color, kind = single[_below(len(single), generator)]
        return f"what colour is the {kind} ?", color
    if form == 1:
        kind = _KINDS[_below(len(_KINDS), generator)]
        return f"how many {kind}s ?", str(kinds.count(kind))
    there = {(color, kind) for color, kind, _ in objects}
    absent = [(c, k) for c in _COLORS for k in _KINDS if (c, k) not in there]
    yes = bool(_below(2, generator))
    choices = sorted(there) if yes else absent
    color, kind = choices[_below(len(choices), generator)]
    return f"is there a {color} {kind} ?", "yes" if yes else "no"
