"""Games of two players without chance: tic-tac-toe, and perfect play, which looks at everything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))


@runtime_checkable
class Game(Protocol):
    """A position of a game in which two players move in turn and one's gain is the other's loss.

    Positions are values: they can be compared and hashed, and a move makes a new one.

    Section: :ref:`sec-tree-search`.

    Source: Shannon (1950), Programming a computer for playing chess,
    doi:10.1080/14786445008521796.

    Example:
        >>> isinstance(TicTacToe(), Game)
        True

    In production: pettingzoo.classic, open_spiel.
    """

    def moves(self) -> list[int]:
        """The legal moves; none when the game is over."""

    def play(self, move: int) -> "Game":
        """The position after a move, with the other player to move."""

    def result(self) -> float | None:
        """For the player to move: 1 won, 0 drawn, -1 lost, None while the game goes on."""

    def encode(self) -> Tensor:
        """The position as features for a network, seen by the player to move."""


@dataclass(frozen=True)
class TicTacToe:
    """Noughts and crosses: X begins, three in a row win.

    Args:
        board: nine characters, row by row: X, O, or a dot.

    Raises:
        ValueError: not nine of these, counts that no play reaches, or an illegal move.

    Section: :ref:`sec-tree-search`.

    Source: Michie (1963), Experiments on the mechanization of game-learning,
    doi:10.1093/comjnl/6.3.232.

    Example:
        >>> game = TicTacToe("XX.OO....").play(2)
        >>> game.result(), game.moves()
        (-1.0, [])

    In production: pettingzoo.classic.tictactoe_v3.
    """

    board: str = "........."

    def __post_init__(self) -> None:
        surplus = self.board.count("X") - self.board.count("O")
        if len(self.board) != 9 or set(self.board) - set("XO.") or surplus not in (0, 1):
            raise ValueError(f"nine of X, O and dots are needed, X first, got {self.board!r}")

    @property
    def player(self) -> str:
        """Whose turn it is."""
        return "X" if self.board.count("X") == self.board.count("O") else "O"

    def moves(self) -> list[int]:
        """The free cells, 0 to 8."""
        return [] if self._lost() else [i for i, cell in enumerate(self.board) if cell == "."]

    def play(self, move: int) -> "TicTacToe":
        """Put a stone."""
        if move not in self.moves():
            raise ValueError(f"the legal moves are {self.moves()}, got {move}")
        return TicTacToe(self.board[:move] + self.player + self.board[move + 1 :])

    def result(self) -> float | None:
        """-1 if the other player has three in a row, 0 on a full board, else None."""
        if self._lost():
            return -1.0
        return None if "." in self.board else 0.0

    def encode(self) -> Float[Tensor, "18"]:
        """Where one's own stones are, then where the other's are."""
        own = self.player
        other = "O" if own == "X" else "X"
        return torch.tensor([float(cell == p) for p in (own, other) for cell in self.board])

    def _lost(self) -> bool:
        other = "O" if self.player == "X" else "X"
        return any(all(self.board[i] == other for i in line) for line in LINES)

    def __str__(self) -> str:
        return "\n".join(self.board[i : i + 3] for i in (0, 3, 6))


def negamax(game: Game, memo: dict[Any, tuple[float, int | None]] | None = None) -> tuple:
    r"""Perfect play: $v(s) = \max_a -v(s')$, since what is good for the other is bad for oneself.

    Args:
        game: a position, from which the whole tree is searched.
        memo: positions already solved, which is added to; pass the same one again to save work.

    Returns:
        The value for the player to move, and the first of the best moves, None when it is over.

    Equation: :eq:`eq-negamax`.
    Section: :ref:`sec-tree-search`.

    Source: Knuth, Moore (1975), An analysis of alpha-beta pruning,
    doi:10.1016/0004-3702(75)90019-3.

    Example:
        >>> negamax(TicTacToe("XX.OO...."))
        (1.0, 2)

    In production: open_spiel's minimax.
    """
    memo = {} if memo is None else memo
    if game not in memo:
        result = game.result()
        if result is not None:
            memo[game] = result, None
        else:
            best = max(game.moves(), key=lambda move: -negamax(game.play(move), memo)[0])
            memo[game] = 0.0 - negamax(game.play(best), memo)[0], best
    return memo[game]


def reachable_positions(game: Game) -> set:
    """All positions that play can lead to, the first one included.

    Args:
        game: the first position.

    Returns:
        A set of positions.

    Section: :ref:`sec-tree-search`.

    Source: Schaeffer et al. (2007), Checkers is solved, doi:10.1126/science.1144079.

    Example:
        >>> len(reachable_positions(TicTacToe("XOXOXO.X.")))
        5

    In production: nothing to import.
    """
    found, waiting = {game}, [game]
    while waiting:
        position = waiting.pop()
        new = {position.play(move) for move in position.moves()} - found
        found |= new
        waiting += new
    return found


def play_match(
    first: Callable[[Game], int], second: Callable[[Game], int], game: Game
) -> tuple[float, list[int]]:
    """One game between two players.

    Args:
        first: the move of the player to begin, for a position.
        second: likewise for the other.
        game: the first position.

    Returns:
        1 if the first player won, 0 for a draw, -1 if the second won; and the moves.

    Section: :ref:`sec-tree-search`.

    Source: Silver et al. (2018), A general reinforcement learning algorithm that masters chess,
    shogi, and Go through self-play, doi:10.1126/science.aar6404.

    Example:
        >>> perfect = lambda game: negamax(game)[1]
        >>> play_match(perfect, perfect, TicTacToe())[0]
        0.0

    In production: pettingzoo's loop over agents.
    """
    moves: list[int] = []
    while (result := game.result()) is None:
        move = (first, second)[len(moves) % 2](game)
        moves.append(move)
        game = game.play(move)
    return (result if len(moves) % 2 == 0 else 0.0 - result), moves
