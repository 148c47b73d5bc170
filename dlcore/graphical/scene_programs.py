"""Synthetic pictures of shapes on a grid, with questions written as small programs."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.data.scenes import SHAPES

Program = tuple
COLORS = {"red": (0.9, 0.2, 0.2), "green": (0.2, 0.7, 0.3), "blue": (0.2, 0.3, 0.9)}
KINDS = ("circle", "square", "triangle")
RELATIONS = ("left", "right", "above", "below")
FORMS = ("find", "and", "relate", "deep")
CELL = 8


class SceneObject(NamedTuple):
    """A shape in a picture: its colour, kind, row and column.

    Section: :ref:`sec-neural-modules`.

    Example:
        >>> SceneObject("red", "circle", row=0, column=2).kind
        'circle'

    In production: a record of CLEVR.
    """

    color: str
    kind: str
    row: int
    column: int


class SceneQuestions(NamedTuple):
    """Pictures, a program for each, and what it answers.

    Attributes:
        images: pictures in [0, 1], shape (n, 3, s, s).
        programs: nested tuples.
        answers: numbers in answer_words, shape (n,).
        answer_words: "0" up to the number of cells, then "no" and "yes".
        objects: what each picture shows.

    Section: :ref:`sec-neural-modules`.

    Example:
        >>> make_scene_questions(2).images.shape
        torch.Size([2, 3, 24, 24])

    In production: CLEVR, whose questions come with programs as well.
    """

    images: Float[Tensor, "n 3 s s"]
    programs: list[Program]
    answers: Int[Tensor, " n"]
    answer_words: tuple[str, ...]
    objects: list[list[SceneObject]]


def program_words(program: Program) -> str:
    """A program as one line of text.

    Args:
        program: ("find", word), ("relate", relation, places), ("and", places, places),
            ("count", places) or ("exists", places).

    Returns:
        The text, words in square brackets.

    Section: :ref:`sec-neural-modules`.

    Source: the notation of Andreas, Rohrbach, Darrell, Klein (2016), Neural module networks,
        arXiv:1511.02799.

    Example:
        >>> left = ("relate", "left", ("find", "circle"))
        >>> program_words(("count", ("and", ("find", "red"), left)))
        'count(and(find[red], relate[left](find[circle])))'

    In production: this.
    """
    head, *parts = program
    words = "".join(f"[{part}]" for part in parts if isinstance(part, str))
    inner = ", ".join(program_words(part) for part in parts if not isinstance(part, str))
    return f"{head}{words}({inner})" if inner else f"{head}{words}"


def _places(objects: Sequence[SceneObject], program: Program, grid: int) -> set[tuple[int, int]]:
    """The cells that a part of a program points at."""
    match program:
        case ("find", str(word)):
            return {(o.row, o.column) for o in objects if word in (o.color, o.kind)}
        case ("and", left, right):
            return _places(objects, left, grid) & _places(objects, right, grid)
        case ("relate", str(relation), part) if relation in RELATIONS:
            found = _places(objects, part, grid)
            cells = [(r, c) for r in range(grid) for c in range(grid)]
            return {cell for cell in cells if any(_lies(cell, relation, f) for f in found)}
    raise ValueError(f"not a program that points at places: {program!r}")


def _lies(cell: tuple[int, int], relation: str, other: tuple[int, int]) -> bool:
    """Whether a cell lies left of another one, and so on; in any row, or in any column."""
    axis = 1 if relation in ("left", "right") else 0
    if relation in ("left", "above"):
        return cell[axis] < other[axis]
    return cell[axis] > other[axis]


def answer_program(
    objects: Sequence[SceneObject], program: Program, *, grid: int = 3
) -> int | bool:
    """Carry a program out exactly, on what a picture shows.

    `relate` points at every cell that lies, say, left of at least one of the given ones.

    Args:
        objects: what the picture shows.
        program: ("count", places) or ("exists", places).
        grid: cells on a side.

    Returns:
        A number for "count", a bool for "exists".

    Raises:
        ValueError: something else than such a program.

    Section: :ref:`sec-neural-modules`.

    Source: Johnson et al. (2017), CLEVR, arXiv:1612.06890, for the idea.

    Example:
        >>> scene = [SceneObject("red", "circle", 0, 0), SceneObject("blue", "circle", 1, 2)]
        >>> answer_program(scene, ("count", ("find", "circle")))
        2
        >>> left = ("and", ("find", "red"), ("relate", "left", ("find", "blue")))
        >>> answer_program(scene, ("exists", left))
        True

    In production: CLEVR's functional programs.
    """
    match program:
        case ("count", part):
            return len(_places(objects, part, grid))
        case ("exists", part):
            return bool(_places(objects, part, grid))
    raise ValueError(f"a program counts or asks what exists, got {program!r}")


def make_scene_questions(
    n: int,
    *,
    grid: int = 3,
    forms: Sequence[str] = ("find", "and", "relate"),
    held_out: Sequence[tuple[str, str]] = (),
    only_held_out: bool = False,
    generator: torch.Generator | None = None,
) -> SceneQuestions:
    """Draw pictures of shapes on a grid, and a program that counts or asks what exists.

    The answers yes and no are about equally frequent. To see whether something generalizes, keep
    pairs of colour and kind for later, or ask longer programs than before: "deep" joins "and" and
    "relate".

    Args:
        n: how many.
        grid: cells on a side; each of 8 by 8 pixels, 6 in 10 of them with a shape.
        forms: which programs there are, out of "find", "and", "relate", "deep".
        held_out: pairs (colour, kind) that no program asks for together.
        only_held_out: the other way round, only these; then forms must be "and", "deep" or both.
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        Pictures, programs and answers.

    Raises:
        ValueError: n or grid below 1, unknown forms or pairs, no form or no pair left to ask for.

    Section: :ref:`sec-neural-modules`.

    Source: Johnson et al. (2017), CLEVR, arXiv:1612.06890, for the idea; drawn by this function.

    Example:
        >>> data = make_scene_questions(1, forms=["and"])
        >>> data.programs[0][1][0]
        'and'
        >>> data.answer_words[-3:]
        ('9', 'no', 'yes')

    In production: CLEVR.
    """
    pairs = [(c, k) for c in COLORS for k in KINDS if ((c, k) in held_out) == only_held_out]
    if n < 1 or grid < 1 or not forms or not set(forms) <= set(FORMS):
        raise ValueError(f"expected n, grid >= 1 and forms of {FORMS}, got {n, grid, tuple(forms)}")
    if not pairs or not set(held_out) <= {(c, k) for c in COLORS for k in KINDS}:
        raise ValueError(f"no pair left, or pairs that do not exist: {tuple(held_out)}")
    if only_held_out and not set(forms) <= {"and", "deep"}:
        raise ValueError('only_held_out needs forms of "and" and "deep", which ask for pairs')
    generator = generator or torch.Generator().manual_seed(0)
    answer_words = (*map(str, range(grid**2 + 1)), "no", "yes")
    scenes = _scenes(n, grid, generator)
    draws = Random(int(torch.randint(2**31, (), generator=generator)))
    programs, answers = [], []
    for objects in scenes:
        head, wanted = draws.choice(("count", "exists")), draws.choice((False, True))
        for _ in range(10):
            program = (head, _draw(draws.choice(forms), pairs, draws))
            answer = answer_program(objects, program, grid=grid)
            if head == "count" or answer == wanted:
                break
        word = str(answer) if head == "count" else "yes" if answer else "no"
        programs.append(program)
        answers.append(answer_words.index(word))
    images = _pictures(scenes, grid, generator)
    return SceneQuestions(images, programs, torch.tensor(answers), answer_words, scenes)


def _scenes(n: int, grid: int, generator: torch.Generator) -> list[list[SceneObject]]:
    taken = (torch.rand(n, grid, grid, generator=generator) < 0.6).nonzero()
    color = torch.randint(len(COLORS), (len(taken),), generator=generator)
    kind = torch.randint(len(KINDS), (len(taken),), generator=generator)
    scenes: list[list[SceneObject]] = [[] for _ in range(n)]
    for (i, row, column), c, k in zip(taken.tolist(), color.tolist(), kind.tolist(), strict=True):
        scenes[i].append(SceneObject(tuple(COLORS)[c], KINDS[k], row, column))
    return scenes


def _pictures(
    scenes: list[list[SceneObject]], grid: int, generator: torch.Generator
) -> Float[Tensor, "n 3 s s"]:
    """Shapes on grey with a little noise."""
    axis = ((torch.arange(CELL) + 0.5) / CELL * 2 - 1) / 0.8
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    stamps = {
        (color, kind): torch.where(SHAPES[kind](x, y), torch.tensor(rgb)[:, None, None], 0.5)
        for color, rgb in COLORS.items()
        for kind in KINDS
    }
    cells = torch.full((len(scenes), grid, grid, 3, CELL, CELL), 0.5)
    for i, objects in enumerate(scenes):
        for o in objects:
            cells[i, o.row, o.column] = stamps[o.color, o.kind]
    images = cells.permute(0, 3, 1, 4, 2, 5).reshape(len(scenes), 3, CELL * grid, CELL * grid)
    return (images + 0.05 * torch.randn(images.shape, generator=generator)).clamp(0, 1)


def _draw(form: str, pairs: list[tuple[str, str]], draws: Random) -> Program:
    """A program of a form that points at places."""
    words = (*COLORS, *KINDS)
    one = ("find", draws.choice(words))
    if form == "find":
        return one
    color, kind = draws.choice(pairs)
    pair = ("and", ("find", color), ("find", kind))
    if form == "and":
        return pair
    related = ("relate", draws.choice(RELATIONS), ("find", draws.choice(words)))
    return ("and", pair if form == "deep" else one, related)
