"""Tree search: the bounds by hand, and moves against perfect play."""

import math

import numpy as np
import pytest
import torch

from dlcore.applications import MCTS, SearchResult, TicTacToe, negamax
from tests.dlcore.applications.test_board_games import MEMO


def fixed(game):
    """Prefers high cells, and thinks that all positions are even."""
    moves = game.moves()
    return [(1 + move) / sum(1 + m for m in moves) for move in moves], 0.0


@pytest.mark.reference("numpy.argmax", of="dlcore.applications.SearchResult")
def test_puct_with_even_values_is_arithmetic():
    """With all values 0 only cP sqrt(N) / (1 + n) counts: at depth one a deterministic sequence."""
    found = MCTS(fixed, exploration=2.0).search(TicTacToe(), 30)
    assert isinstance(found, SearchResult)
    priors, visits = np.arange(1, 10) / 45, np.zeros(9)
    for n in range(30):
        visits[np.argmax(priors * math.sqrt(1 + n) / (1 + visits))] += 1
    assert found.visits.tolist() == visits.tolist()
    assert found.values.tolist() == [0.0] * 9


@pytest.mark.reference("exhaustive search", of="dlcore.applications.MCTS")
def test_moves_keep_the_value_of_the_game(generator):
    negamax(TicTacToe(), MEMO)
    search = MCTS(generator=generator)
    games = [game for game in MEMO if game.board.count(".") in (5, 6) and game.result() is None]
    kept = []
    for game in games[::60]:
        move = search.best_move(game, 150)
        kept.append(-negamax(game.play(move), MEMO)[0] == negamax(game, MEMO)[0])
    assert np.mean(kept) > 0.9


def test_wins_are_seen_and_losses_prevented(generator):
    search = MCTS(generator=generator)
    assert search.best_move(TicTacToe("XX.OO...."), 100) == 2
    assert search.best_move(TicTacToe("XX.O....."), 200) == 2
    found = search.search(TicTacToe("XX.OO...."), 100)
    assert found.values[found.moves.index(2)] == 1.0
    assert int(found.visits.sum()) == 100


def test_every_move_is_tried_once_before_any_is_tried_again(generator):
    assert MCTS(generator=generator).search(TicTacToe(), 9).visits.tolist() == [1] * 9


def test_noise_at_the_root_changes_where_the_search_looks():
    visits = [
        MCTS(fixed, noise=0.5, generator=torch.Generator().manual_seed(k))
        .search(TicTacToe(), 40)
        .visits.tolist()
        for k in (0, 1, 0)
    ]
    assert visits[0] != visits[1]
    assert visits[0] == visits[2]


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="exploration"):
        MCTS(exploration=-1.0)
    with pytest.raises(ValueError, match="a simulation"):
        MCTS().search(TicTacToe(), 0)
    with pytest.raises(ValueError, match=r"result -1.0"):
        MCTS().search(TicTacToe("XXXOO...."), 5)
