"""Monte Carlo tree search: look where play was good, or has hardly been tried."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from dlcore.applications.board_games import Game

Evaluator = Callable[[Game], tuple[Sequence[float], float]]


class SearchResult(NamedTuple):
    """The legal moves at the root, how often each was visited, and its mean value for the mover."""

    moves: list[int]
    visits: Int64[Tensor, " moves"]
    values: Float[Tensor, " moves"]


class _Node:
    """A position: its visits, and the sum of what they found, for the player to move there."""

    def __init__(self, game: Game, prior: float) -> None:
        self.game, self.prior = game, prior
        self.visits, self.total = 0, 0.0
        self.children: list[_Node] = []

    @property
    def value(self) -> float:
        return self.total / self.visits if self.visits else 0.0


class MCTS:
    r"""Grow a tree from the position, one leaf a simulation, and move where most visits went.

    From the root down the child is taken with the largest bound; without an evaluator this is
    UCT's $Q + c\sqrt{\ln N / n}$, with a leaf's value by a game of random moves; with one it is
    PUCT's $Q + c P \sqrt{N} / (1 + n)$, with value and move probabilities P from the evaluator.
    Q is the mean value for the player who chooses, N the visits of the parent, n of the child.

    Args:
        evaluate: for a position, probabilities of its legal moves in order and its value for the
            player to move; by default random play.
        exploration: c.
        noise: the share of a Dirichlet(1) distribution in the probabilities at the root, which
            makes self-play try everything.
        generator: source of the random numbers.

    Raises:
        ValueError: a negative c, a share outside [0, 1], a game that is over, or no simulation.

    Equation: :eq:`eq-uct`, :eq:`eq-puct`.
    Section: :ref:`sec-tree-search`.

    Source: Kocsis, Szepesvári (2006), Bandit based Monte-Carlo planning, doi:10.1007/11871842_29;
    Silver et al. (2017), Mastering the game of Go without human knowledge, doi:10.1038/nature24270.

    Example:
        >>> from dlcore.applications import TicTacToe
        >>> search = MCTS(generator=torch.Generator().manual_seed(0))
        >>> search.best_move(TicTacToe("XX.OO...."), simulations=100)
        2

    In production: open_spiel.python.algorithms.mcts.
    """

    def __init__(
        self,
        evaluate: Evaluator | None = None,
        *,
        exploration: float = math.sqrt(2),
        noise: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> None:
        if exploration < 0 or not 0 <= noise <= 1:
            raise ValueError(
                f"exploration must be at least 0 and noise in [0, 1], got {exploration} and {noise}"
            )
        self.evaluate, self.exploration, self.noise = evaluate, exploration, noise
        self.generator = generator

    def search(self, game: Game, simulations: int) -> SearchResult:
        """Grow a tree; what it found about the legal moves."""
        if game.result() is not None or simulations < 1:
            raise ValueError(
                "a game that goes on and a simulation are needed, got "
                f"result {game.result()} and {simulations}"
            )
        root = _Node(game, 1.0)
        self._expand(root)
        self._disturb(root)
        root.visits = 1
        for _ in range(simulations):
            path = [root]
            while path[-1].children:
                path.append(self._select(path[-1]))
            value = self._expand(path[-1])
            for node in reversed(path):
                node.visits += 1
                node.total += value
                value = -value
        return SearchResult(
            game.moves(),
            torch.tensor([child.visits for child in root.children]),
            torch.tensor([-child.value for child in root.children]),
        )

    def best_move(self, game: Game, simulations: int) -> int:
        """The most visited move, of equal ones the first."""
        found = self.search(game, simulations)
        return found.moves[int(found.visits.argmax())]

    def _select(self, node: _Node) -> _Node:
        return max(node.children, key=lambda child: self._bound(node, child))

    def _bound(self, parent: _Node, child: _Node) -> float:
        if self.evaluate is not None:
            trust = child.prior * math.sqrt(parent.visits) / (1 + child.visits)
            return -child.value + self.exploration * trust
        if not child.visits:
            return math.inf
        bonus = math.sqrt(math.log(parent.visits) / child.visits)
        return -child.value + self.exploration * bonus

    def _expand(self, node: _Node) -> float:
        """Add the children of a leaf; its value for the player to move there."""
        result = node.game.result()
        if result is not None:
            return result
        moves = node.game.moves()
        priors: Sequence[float]
        if self.evaluate is None:
            priors, value = [1 / len(moves)] * len(moves), self._rollout(node.game)
        else:
            priors, value = self.evaluate(node.game)
        node.children = [
            _Node(node.game.play(move), prior) for move, prior in zip(moves, priors, strict=True)
        ]
        return value

    def _disturb(self, root: _Node) -> None:
        if self.noise:
            draws = torch.empty(len(root.children)).exponential_(generator=self.generator)
            for child, draw in zip(root.children, (draws / draws.sum()).tolist(), strict=True):
                child.prior = (1 - self.noise) * child.prior + self.noise * draw

    def _rollout(self, game: Game) -> float:
        sign = 1.0
        while (result := game.result()) is None:
            moves = game.moves()
            choice = int(torch.randint(len(moves), (), generator=self.generator))
            game, sign = game.play(moves[choice]), -sign
        return sign * result
