"""Self-play: the loss against torch's, outcomes against the rules, and a solved game of matches."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
import torch
from torch import nn

from dlcore.applications import SelfPlayTrainer, TicTacToe, alphazero_loss
from tests.parity import assert_close


@dataclass(frozen=True)
class Matches:
    """Take one or two matches; who takes the last one wins. Lost just for multiples of 3."""

    left: int

    def moves(self) -> list[int]:
        return [taken - 1 for taken in (1, 2) if taken <= self.left]

    def play(self, move: int) -> "Matches":
        return Matches(self.left - move - 1)

    def result(self) -> float | None:
        return -1.0 if self.left == 0 else None

    def encode(self) -> torch.Tensor:
        return nn.functional.one_hot(torch.tensor(self.left), 9).float()


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.applications.alphazero_loss")
def test_the_loss_is_squared_error_plus_cross_entropy(generator):
    logits = torch.randn(6, 4, generator=generator, dtype=torch.float64)
    values, outcomes = torch.randn(2, 6, generator=generator, dtype=torch.float64)
    search = torch.randn(6, 4, generator=generator, dtype=torch.float64).softmax(1)
    expected = nn.functional.mse_loss(values, outcomes) + nn.functional.cross_entropy(
        logits, search
    )
    assert_close(alphazero_loss(logits, values, search, outcomes), expected)


def test_what_is_kept_of_a_game(generator):
    torch.manual_seed(0)
    trainer = SelfPlayTrainer(nn.Linear(18, 10), TicTacToe(), simulations=8, generator=generator)
    result = trainer.play()
    outcomes = [outcome for _, _, outcome in trainer.kept]
    assert 5 <= len(outcomes) <= 9
    assert outcomes[-1] == result
    assert all(a == -b for a, b in pairwise(outcomes))
    for encoded, share, _ in trainer.kept:
        assert float(share.sum()) == pytest.approx(1)
        assert (share * encoded.reshape(2, 9).sum(0) == 0).all()


@pytest.mark.reference("the closed form of the game", of="dlcore.applications.SelfPlayTrainer")
def test_a_game_of_matches_is_solved():
    torch.manual_seed(0)
    trainer = SelfPlayTrainer(
        nn.Linear(9, 3),
        Matches(8),
        simulations=12,
        lr=0.05,
        generator=torch.Generator().manual_seed(0),
    )
    losses = trainer.train(40, steps=5)
    assert losses[-5:].mean() < losses[:5].mean()
    for left in (1, 2, 4, 5, 7, 8):
        assert trainer.move(Matches(left)) == left % 3 - 1
    values = [trainer.evaluate(Matches(left))[1] for left in (3, 4)]
    assert values[0] < values[1]
    assert trainer.move(Matches(2), simulations=20) == 1


@pytest.mark.bad_input
def test_bad_input():
    x = torch.zeros(2)
    with pytest.raises(ValueError, match=r"search \(b, k\)"):
        alphazero_loss(torch.zeros(2, 3), x, torch.zeros(2, 4), x)
    with pytest.raises(ValueError, match=r"outcomes \(b,\)"):
        alphazero_loss(torch.zeros(2, 3), x, torch.zeros(2, 3), torch.zeros(3))
    with pytest.raises(ValueError, match=r"values \(b,\)"):
        alphazero_loss(torch.zeros(2, 3), torch.zeros(1), torch.zeros(2, 3), x)
    with pytest.raises(ValueError, match="simulations"):
        SelfPlayTrainer(nn.Linear(18, 10), TicTacToe(), simulations=0)
    with pytest.raises(ValueError, match="a game and a step"):
        SelfPlayTrainer(nn.Linear(18, 10), TicTacToe()).train(0)
