"""Small networks that a program puts together: find, relate, and, count, exists."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.graphical.scene_programs import CELL, Program, program_words

SMALLEST = 1e-20


class FindModule(nn.Module):
    r"""Where something is: at each cell the probability $\sigma(w_{word}^\top f + b_{word})$.

    Args:
        channels: features of a cell, c.
        words: how many things can be looked for.

    Attributes:
        weight: a row for each word, shape (words, c).
        bias: shape (words,).

    Raises:
        ValueError: in use, features of another number.

    Equation: :eq:`eq-find-module`.
    Section: :ref:`sec-neural-modules`.

    Source: Andreas, Rohrbach, Darrell, Klein (2016), Neural module networks, arXiv:1511.02799.

    Example:
        >>> find = FindModule(channels=5, words=7)
        >>> find(torch.randn(2, 5, 3, 3), torch.tensor([0, 6])).shape
        torch.Size([2, 3, 3])

    In production: attention inside a pre-trained model of pictures and text.
    """

    def __init__(self, channels: int, words: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(words, channels) / channels**0.5)
        self.bias = nn.Parameter(torch.full((words,), -1.0))

    def forward(
        self, features: Float[Tensor, "b c h w"], word: Int[Tensor, " b"]
    ) -> Float[Tensor, "b h w"]:
        """Probabilities (b, h, w) from features (b, c, h, w) and numbers of words (b,)."""
        if features.ndim != 4 or features.shape[1] != self.weight.shape[1]:
            raise ValueError(
                f"expected features (b, {self.weight.shape[1]}, h, w), got {tuple(features.shape)}"
            )
        z = torch.einsum("bc,bchw->bhw", self.weight[word], features)
        return torch.sigmoid(z + self.bias[word][:, None, None])


class RelateModule(nn.Module):
    r"""The cells that lie, say, left of what was found: $1 - \prod_j (1 - \kappa_{i - j} a_j)$.

    A noisy-or over the cells found, with a chance for each relation and offset that is learned.

    Args:
        relations: how many.
        size: cells on a side, s.

    Attributes:
        logits: of the chances by relation, rows down and columns right of what was found, shape
            (relations, 2s - 1, 2s - 1).

    Raises:
        ValueError: in use, a map of another size.

    Equation: :eq:`eq-relate-module`.
    Section: :ref:`sec-neural-modules`.

    Source: Andreas, Rohrbach, Darrell, Klein (2016), Neural module networks, arXiv:1511.02799, for
        the module; a noisy-or: Pearl (1988), Probabilistic Reasoning in Intelligent Systems.

    Example:
        >>> relate = RelateModule(relations=4, size=3)
        >>> relate(torch.rand(2, 3, 3), torch.tensor([0, 3])).shape
        torch.Size([2, 3, 3])

    In production: attention inside a pre-trained model of pictures and text.
    """

    def __init__(self, relations: int, size: int) -> None:
        super().__init__()
        self.size = size
        self.logits = nn.Parameter(torch.full((relations, 2 * size - 1, 2 * size - 1), -1.0))

    def chances(self, relation: Int[Tensor, " b"]) -> Float[Tensor, "b to from"]:
        """The chance that cell `to` stands in a relation to cell `from`, cells row by row."""
        cells = torch.arange(self.size**2, device=self.logits.device)
        row, column = cells // self.size, cells % self.size
        down = row[:, None] - row + self.size - 1
        right = column[:, None] - column + self.size - 1
        return torch.sigmoid(self.logits[relation])[:, down, right]

    def forward(
        self, found: Float[Tensor, "b h w"], relation: Int[Tensor, " b"]
    ) -> Float[Tensor, "b h w"]:
        """Probabilities (b, s, s) from those of what was found and numbers of relations (b,)."""
        if found.shape[1:] != (self.size, self.size):
            raise ValueError(f"expected maps {(self.size,) * 2}, got {tuple(found.shape[1:])}")
        missed = 1 - self.chances(relation) * found.flatten(1)[:, None, :]
        return (1 - missed.prod(2)).reshape(found.shape)


class AndModule(nn.Module):
    """The cells where both is true: the product of the probabilities.

    Raises:
        ValueError: maps of different shapes.

    Equation: :eq:`eq-find-module`.
    Section: :ref:`sec-neural-modules`.

    Source: Andreas, Rohrbach, Darrell, Klein (2016), Neural module networks, arXiv:1511.02799.

    Example:
        >>> AndModule()(torch.tensor([[[0.5, 1.0]]]), torch.tensor([[[0.5, 0.2]]]))
        tensor([[[0.2500, 0.2000]]])

    In production: a product.
    """

    def forward(
        self, a: Float[Tensor, "b h w"], b: Float[Tensor, "b h w"]
    ) -> Float[Tensor, "b h w"]:
        """The product of two maps (b, h, w)."""
        if a.shape != b.shape:
            raise ValueError(f"maps of different shapes: {tuple(a.shape)} and {tuple(b.shape)}")
        return a * b


class CountModule(nn.Module):
    r"""How many cells: the distribution of a sum of independent coins, one for each cell.

    Cell after cell, $p(k) \leftarrow (1 - a) p(k) + a p(k - 1)$.

    Equation: :eq:`eq-count-module`.
    Section: :ref:`sec-neural-modules`.

    Source: Wang (1993), On the number of successes in independent trials, Statistica Sinica 3.

    Example:
        >>> CountModule()(torch.tensor([[[0.5, 0.5]]])).exp()
        tensor([[0.2500, 0.5000, 0.2500]])

    In production: this.
    """

    def forward(self, found: Float[Tensor, "b h w"]) -> Float[Tensor, "b counts"]:
        """Log-probabilities (b, h w + 1) of the numbers from 0 up, from those of each cell."""
        b = len(found)
        p = found.new_ones(b, 1)
        for a in found.flatten(1).unbind(1):
            none = torch.cat([p, p.new_zeros(b, 1)], dim=1)
            one = torch.cat([p.new_zeros(b, 1), p], dim=1)
            p = (1 - a)[:, None] * none + a[:, None] * one
        return p.clamp(min=SMALLEST).log()


class ExistsModule(nn.Module):
    r"""Whether there is any: no with probability $\prod_j (1 - a_j)$.

    Equation: :eq:`eq-count-module`.
    Section: :ref:`sec-neural-modules`.

    Source: Pearl (1988), Probabilistic Reasoning in Intelligent Systems, for the noisy-or.

    Example:
        >>> ExistsModule()(torch.tensor([[[0.5, 0.5]]])).exp()
        tensor([[0.2500, 0.7500]])

    In production: this.
    """

    def forward(self, found: Float[Tensor, "b h w"]) -> Float[Tensor, "b 2"]:
        """Log-probabilities (b, 2) of no and yes, from the probabilities of each cell."""
        no = (1 - found.flatten(1)).prod(1)
        return torch.stack([no, 1 - no], dim=1).clamp(min=SMALLEST).log()


class NeuralModuleNetwork(nn.Module):
    """A network put together anew for each question, from modules that all questions share.

    A convolution gives each cell of a picture its features; the program says which modules work on
    them. Only answers are given: what red means has to be found out from what is counted.

    Args:
        words: what can be looked for.
        relations: names of the relations.
        grid: cells on a side.
        channels: features of a cell.

    Attributes:
        encoder: features (b, channels, grid, grid) of pictures.
        find: a `FindModule`.
        relate: a `RelateModule`.
        both: an `AndModule`.
        count: a `CountModule`.
        exists: an `ExistsModule`.

    Raises:
        ValueError: in use, pictures of another size, or programs with unknown modules or words.

    Equations: :eq:`eq-find-module`, :eq:`eq-count-module`.
    Section: :ref:`sec-neural-modules`.

    Source: Andreas, Rohrbach, Darrell, Klein (2016), Neural module networks, arXiv:1511.02799.

    Example:
        >>> model = NeuralModuleNetwork(["red", "circle"], ["left"])
        >>> red_circles = ("count", ("and", ("find", "red"), ("find", "circle")))
        >>> model(torch.rand(1, 3, 24, 24), [red_circles]).shape
        torch.Size([1, 12])

    In production: a pre-trained model that writes programs for tools.
    """

    def __init__(
        self, words: Sequence[str], relations: Sequence[str], *, grid: int = 3, channels: int = 32
    ) -> None:
        super().__init__()
        self.grid = grid
        self.words = {word: i for i, word in enumerate(words)}
        self.relations = {relation: i for i, relation in enumerate(relations)}
        self.encoder = nn.Sequential(
            nn.Conv2d(3, channels, CELL, stride=CELL),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 1),
            nn.ReLU(),
        )
        self.find = FindModule(channels, len(self.words))
        self.relate = RelateModule(len(self.relations), grid)
        self.both, self.count, self.exists = AndModule(), CountModule(), ExistsModule()

    def forward(
        self, images: Float[Tensor, "n 3 s s"], programs: Sequence[Program]
    ) -> Float[Tensor, "n answers"]:
        """Log-probabilities of the answers: the numbers 0..cells, then no and yes.

        Programs of the same shape are carried out together; answers of the other kind than asked
        for get minus infinity.
        """
        if len(images) != len(programs) or images.shape[1:] != (3, *[CELL * self.grid] * 2):
            raise ValueError(
                f"expected {len(programs)} pictures (3, {CELL * self.grid}, {CELL * self.grid}), "
                f"got {tuple(images.shape)}"
            )
        features = self.encoder(2 * images - 1)
        alike: dict[tuple, list[int]] = {}
        asked: dict[str, list[int]] = {"count": [], "exists": []}
        for i, program in enumerate(programs):
            if len(program) != 2 or program[0] not in asked:
                raise ValueError(f"a program counts or asks what exists, got {program!r}")
            asked[program[0]].append(i)
            alike.setdefault(_shape(program[1]), []).append(i)
        found = features.new_empty(len(images), self.grid, self.grid)
        for rows in alike.values():
            found[rows] = self._places(features[rows], [programs[i][1] for i in rows])
        answers = features.new_full((len(images), self.grid**2 + 3), -torch.inf)
        answers[asked["count"], :-2] = self.count(found[asked["count"]])
        answers[asked["exists"], -2:] = self.exists(found[asked["exists"]])
        return answers

    def _places(
        self,
        features: Tensor,
        programs: list[Program],
        trace: list[tuple[str, Tensor]] | None = None,
    ) -> Float[Tensor, "b h w"]:
        """Carry out programs of the same shape that point at places."""

        def inner(place: int) -> Tensor:
            return self._places(features, [program[place] for program in programs], trace)

        head = programs[0][0]
        if head == "find":
            found = self.find(features, _numbers(self.words, programs, features.device))
        elif head == "relate":
            relation = _numbers(self.relations, programs, features.device)
            found = self.relate(inner(2), relation)
        else:
            found = self.both(inner(1), inner(2))
        if trace is not None:
            trace.append((program_words(programs[0]), found[0]))
        return found

    @torch.no_grad()
    def trace(
        self, image: Float[Tensor, "3 s s"], program: Program
    ) -> list[tuple[str, Float[Tensor, "h w"]]]:
        """What each module points at, in the order of their work: its program and its map."""
        _shape(program[1])
        steps: list[tuple[str, Tensor]] = []
        self._places(self.encoder(2 * image[None] - 1), [program[1]], steps)
        return steps


def _shape(program: Program) -> tuple:
    """A program that points at places, without its words."""
    match program:
        case ("find", str()):
            return ("find",)
        case ("relate", str(), part):
            return ("relate", _shape(part))
        case ("and", left, right):
            return ("and", _shape(left), _shape(right))
    raise ValueError(f"not a program that points at places: {program!r}")


def _numbers(
    known: dict[str, int], programs: list[Program], device: torch.device
) -> Int[Tensor, " b"]:
    """The numbers of the programs' own words."""
    words = [program[1] for program in programs]
    if not set(words) <= set(known):
        raise ValueError(f"unknown words {sorted(set(words) - set(known))}, known: {list(known)}")
    return torch.tensor([known[word] for word in words], device=device)
