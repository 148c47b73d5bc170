"""Tic-tac-toe: known counts, and perfect play against a search written the other way round."""

from collections import Counter
from itertools import combinations, product

import pytest
import torch

from dlcore.applications import Game, TicTacToe, negamax, play_match, reachable_positions

MEMO: dict = {}


def minimax(board: str, mover: str = "X") -> int:
    """The outcome for X: 1, 0 or -1, with the larger for X and the smaller for O."""
    rows = [board[i : i + 3] for i in (0, 3, 6)]
    lines = [*rows, *("".join(c) for c in zip(*rows, strict=True)), board[::4], board[2:8:2]]
    if "XXX" in lines or "OOO" in lines:
        return 1 if "XXX" in lines else -1
    if "." not in board:
        return 0
    other = "O" if mover == "X" else "X"
    outcomes = [
        minimax(board[:i] + mover + board[i + 1 :], other)
        for i, cell in enumerate(board)
        if cell == "."
    ]
    return max(outcomes) if mover == "X" else min(outcomes)


@pytest.mark.reference("max and min by turns", of="dlcore.applications.negamax")
def test_perfect_play():
    assert negamax(TicTacToe(), MEMO) == (0.0, 0)
    live = [game for game in MEMO if game.board.count(".") == 4]
    for game in live[::40]:
        outcome = minimax(game.board, game.player)
        assert negamax(game, MEMO)[0] == (outcome if game.player == "X" else -outcome)


def has_row(board: tuple[str, ...], player: str) -> bool:
    """Numbered as in the magic square, cells are in a row just if they add up to 15."""
    square = (2, 7, 6, 9, 5, 1, 4, 3, 8)
    own = [number for number, cell in zip(square, board, strict=True) if cell == player]
    return any(sum(three) == 15 for three in combinations(own, 3))


@pytest.mark.reference("itertools.product", of="dlcore.applications.reachable_positions")
@pytest.mark.reference("itertools.product", of="dlcore.applications.TicTacToe")
def test_positions_are_all_boards_that_obey_the_rules():
    outcomes: dict[str, float | None] = {}
    for board in product("XO.", repeat=9):
        surplus = board.count("X") - board.count("O")
        x, o = has_row(board, "X"), has_row(board, "O")
        if surplus in (0, 1) and not (x and surplus == 0) and not (o and surplus == 1):
            going_on = None if "." in board else 0.0
            outcomes["".join(board)] = -1.0 if x or o else going_on
    found = {game.board: game.result() for game in reachable_positions(TicTacToe())}
    assert found == outcomes
    assert Counter(found.values()) == {None: 4520, -1.0: 626 + 316, 0.0: 16}


@pytest.mark.reference("a board by hand", of="dlcore.applications.Game")
def test_a_position():
    game = TicTacToe().play(4).play(0)
    assert isinstance(game, Game)
    assert game.board == "O...X...."
    assert game.moves() == [1, 2, 3, 5, 6, 7, 8]
    own, other = game.encode().reshape(2, 3, 3)
    assert own[1, 1] == 1
    assert other[0, 0] == 1
    assert torch.stack([own, other]).sum() == 2
    assert str(game) == "O..\n.X.\n..."


@pytest.mark.reference("the game's own result", of="dlcore.applications.play_match")
def test_matches():
    def perfect(game):
        return negamax(game, MEMO)[1]

    def first_free(game):
        return game.moves()[0]

    assert play_match(perfect, perfect, TicTacToe())[0] == 0
    result, moves = play_match(first_free, first_free, TicTacToe())
    assert (result, moves) == (1.0, [0, 1, 2, 3, 4, 5, 6])
    assert play_match(first_free, perfect, TicTacToe())[0] <= 0


@pytest.mark.bad_input
def test_bad_input():
    for board in ("", "OOO......", "ABC......"):
        with pytest.raises(ValueError, match="X first"):
            TicTacToe(board)
    with pytest.raises(ValueError, match=r"\[1, 2, 3, 4, 5, 6, 7, 8\], got 0"):
        TicTacToe("X........").play(0)
