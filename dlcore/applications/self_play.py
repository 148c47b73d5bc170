"""A network that teaches itself a game: search improves its moves, it learns from the search."""

from collections import deque

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.applications.board_games import Game
from dlcore.applications.tree_search import MCTS


def alphazero_loss(
    logits: Float[Tensor, "b k"],
    values: Float[Tensor, " b"],
    search: Float[Tensor, "b k"],
    outcomes: Float[Tensor, " b"],
) -> Float[Tensor, ""]:
    r"""$\overline{(z - v)^2 - \pi^\top \log p}$: foresee the outcome, and what the search prefers.

    Args:
        logits: of the network's move probabilities p, shape (b, k).
        values: v, the network's for the player to move, shape (b,).
        search: the shares of the search's visits, shape (b, k), 0 for illegal moves.
        outcomes: z, how the game ended for the player to move, shape (b,).

    Returns:
        The mean loss.

    Raises:
        ValueError: shapes that don't belong together.

    Equation: :eq:`eq-alphazero-loss`.
    Section: :ref:`sec-tree-search`.

    Source: Silver et al. (2018), A general reinforcement learning algorithm that masters chess,
    shogi, and Go through self-play, doi:10.1126/science.aar6404.

    Example:
        >>> one = torch.ones(1)
        >>> f"{alphazero_loss(torch.zeros(1, 2), 0 * one, torch.tensor([[1.0, 0.0]]), one):.4f}"
        '1.6931'

    In production: open_spiel.python.algorithms.alpha_zero.
    """
    b = logits.shape[:1]
    if logits.shape != search.shape or values.shape != b or outcomes.shape != b:
        raise ValueError(
            "logits (b, k), values (b,), search (b, k), outcomes (b,) are needed, got "
            f"{tuple(logits.shape)}, {tuple(values.shape)}, {tuple(search.shape)}, "
            f"{tuple(outcomes.shape)}"
        )
    moves = -(search * logits.log_softmax(-1)).sum(-1)
    return ((outcomes - values).square() + moves).mean()


class SelfPlayTrainer:
    """Play against oneself with search, learn the search's moves and the outcome, play better.

    Args:
        network: from encoded positions (b, d) to (b, k + 1): logits of all moves 0..k-1, and a
            number whose tanh is the value for the player to move.
        game: the first position.
        simulations: of the search before each move.
        exploration: c of the search.
        noise: the share of chance in the probabilities at its root.
        sampled_moves: so many first moves are drawn in proportion to the visits, for variety; later
            ones are the most visited.
        lr: learning rate of Adam.
        batch_size: positions in a step.
        memory: positions kept.
        generator: source of the random numbers.

    Attributes:
        kept: encoded position, shares of visits and outcome of the last positions played.

    Raises:
        ValueError: a number that is not positive, or a share outside [0, 1].

    Equation: :eq:`eq-alphazero-loss`.
    Section: :ref:`sec-tree-search`.

    Source: Silver et al. (2018), A general reinforcement learning algorithm that masters chess,
    shogi, and Go through self-play, doi:10.1126/science.aar6404.

    Example:
        >>> from dlcore.applications import TicTacToe
        >>> trainer = SelfPlayTrainer(nn.Linear(18, 10), TicTacToe(), simulations=5)
        >>> trainer.train(games=2, steps=1).shape
        torch.Size([2])

    In production: open_spiel.python.algorithms.alpha_zero.
    """

    def __init__(
        self,
        network: nn.Module,
        game: Game,
        *,
        simulations: int = 25,
        exploration: float = 1.5,
        noise: float = 0.25,
        sampled_moves: int = 3,
        lr: float = 1e-2,
        batch_size: int = 64,
        memory: int = 2000,
        generator: torch.Generator | None = None,
    ) -> None:
        if min(simulations, batch_size, memory) < 1:
            raise ValueError(
                "simulations, batch_size and memory must be at least 1, got "
                f"{simulations}, {batch_size}, {memory}"
            )
        self.network, self.game, self.simulations = network, game, simulations
        self.sampled_moves, self.batch_size, self.generator = sampled_moves, batch_size, generator
        self.search = MCTS(self.evaluate, exploration=exploration, noise=noise, generator=generator)
        self.kept: deque[tuple[Tensor, Tensor, float]] = deque(maxlen=memory)
        self.optimizer = torch.optim.Adam(network.parameters(), lr=lr)

    def evaluate(self, game: Game) -> tuple[list[float], float]:
        """The network's probabilities of the legal moves, and its value."""
        with torch.no_grad():
            out = self.network(game.encode()[None])[0]
        return out[game.moves()].softmax(-1).tolist(), float(out[-1].tanh())

    def move(self, game: Game, simulations: int | None = None) -> int:
        """The move for a position: without simulations the network's likeliest."""
        if simulations:
            return MCTS(self.evaluate, exploration=self.search.exploration).best_move(
                game, simulations
            )
        chances, _ = self.evaluate(game)
        return game.moves()[max(range(len(chances)), key=chances.__getitem__)]

    def play(self) -> float:
        """One game, kept to learn from; the result for the first player."""
        game, positions = self.game, []
        while (result := game.result()) is None:
            found = self.search.search(game, self.simulations)
            share = found.visits / found.visits.sum()
            positions.append((game.encode(), found.moves, share))
            if len(positions) <= self.sampled_moves:
                choice = int(torch.multinomial(share, 1, generator=self.generator))
            else:
                choice = int(share.argmax())
            game = game.play(found.moves[choice])
        for back, (encoded, moves, share) in enumerate(reversed(positions), start=1):
            outcome = result if back % 2 == 0 else -result
            self.kept.append((encoded, self._over_all_moves(moves, share), outcome))
        return result if len(positions) % 2 == 0 else -result

    def _over_all_moves(self, moves: list[int], share: Tensor) -> Tensor:
        everywhere = torch.zeros(self._n_moves)
        everywhere[moves] = share
        return everywhere

    @property
    def _n_moves(self) -> int:
        with torch.no_grad():
            return self.network(self.game.encode()[None]).shape[1] - 1

    def train(self, games: int, *, steps: int = 10) -> Float[Tensor, " games"]:
        """Play so many games, with gradient steps after each; the mean loss after each game."""
        if games < 1 or steps < 1:
            raise ValueError(f"a game and a step are needed, got {games} and {steps}")
        losses = []
        for _ in range(games):
            self.play()
            losses.append(sum(self._step() for _ in range(steps)) / steps)
        return torch.tensor(losses)

    def _step(self) -> float:
        index = torch.randint(len(self.kept), (self.batch_size,), generator=self.generator)
        encoded, search, outcomes = zip(*(self.kept[i] for i in index.tolist()), strict=True)
        out = self.network(torch.stack(encoded))
        loss = alphazero_loss(
            out[:, :-1], out[:, -1].tanh(), torch.stack(search), torch.tensor(outcomes)
        )
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return float(loss.detach())
