"""Ratings of things by people who never rated them: a matrix of low rank from some entries."""

from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor


class MatrixFactorization:
    r"""Explain ratings by $\hat r_{ui} = \mu + b_u + c_i + p_u^\top q_i$.

    Both solvers minimize the same sum over the known ratings,
    $\sum (r_{ui} - \hat r_{ui})^2 + \lambda (\lVert P \rVert^2 + \lVert Q \rVert^2 + \lVert b
    \rVert^2 + \lVert c \rVert^2)$. "als" alternates: with the items fixed the users' best numbers
    are ridge regressions, and the other way round, so the sum never grows. "sgd" takes small
    batches of ratings and steps along the gradient, with a rate that falls to zero.

    Args:
        rank: numbers in p and q.
        solver: "als" or "sgd".
        regularization: lambda.
        biases: whether there are mu, the mean rating, and b and c.
        epochs: passes over the ratings.
        lr: learning rate of "sgd" at the start.
        batch_size: ratings in a step of "sgd".
        generator: source of the random numbers.

    Attributes:
        mean_: mu.
        user_factors_: P, shape (users, rank).
        item_factors_: Q, shape (items, rank).
        user_biases_: b, shape (users,).
        item_biases_: c, shape (items,).
        objective_: the sum after each epoch, shape (epochs,).

    Raises:
        ValueError: a number that is not positive, an unknown solver, or ratings, users and items
            that don't belong together.

    Equation: :eq:`eq-matrix-factorization`, :eq:`eq-als`.
    Section: :ref:`sec-recommenders`.

    Source: Koren, Bell, Volinsky (2009), Matrix factorization techniques for recommender systems,
    doi:10.1109/MC.2009.263.

    Example:
        >>> users, items = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])
        >>> ratings = torch.tensor([2.0, 4.0, 3.0, 6.0], dtype=torch.float64)
        >>> model = MatrixFactorization(1, biases=False, regularization=1e-6, epochs=50)
        >>> [round(float(r), 3) for r in model.fit(users, items, ratings).predict(users, items)]
        [2.0, 4.0, 3.0, 6.0]

    In production: implicit, surprise.SVD.
    """

    def __init__(
        self,
        rank: int = 8,
        *,
        solver: Literal["als", "sgd"] = "als",
        regularization: float = 1.0,
        biases: bool = True,
        epochs: int = 20,
        lr: float = 0.05,
        batch_size: int = 64,
        generator: torch.Generator | None = None,
    ) -> None:
        if min(rank, epochs, batch_size) < 1 or regularization <= 0 or lr <= 0:
            raise ValueError(
                "rank, epochs, batch_size, regularization and lr must be positive, got "
                f"{rank}, {epochs}, {batch_size}, {regularization}, {lr}"
            )
        if solver not in ("als", "sgd"):
            raise ValueError(f'solver must be "als" or "sgd", got {solver!r}')
        self.rank, self.solver, self.regularization, self.biases = (
            rank,
            solver,
            regularization,
            biases,
        )
        self.epochs, self.lr, self.batch_size, self.generator = epochs, lr, batch_size, generator

    def fit(
        self,
        users: Int64[Tensor, " n"],
        items: Int64[Tensor, " n"],
        ratings: Float[Tensor, " n"],
        *,
        shape: tuple[int, int] | None = None,
    ) -> "MatrixFactorization":
        """Learn from known ratings.

        Args:
            users: who rated, numbers from 0 on.
            items: what.
            ratings: how.
            shape: the numbers of users and items; by default the largest that occur, plus one.
        """
        if not len(ratings) or users.shape != ratings.shape or items.shape != ratings.shape:
            raise ValueError(
                "users, items and ratings of one length, at least 1, are needed, got "
                f"{tuple(users.shape)}, {tuple(items.shape)}, {tuple(ratings.shape)}"
            )
        found = int(users.max()) + 1, int(items.max()) + 1
        n_users, n_items = found if shape is None else shape
        if min(users.min(), items.min()) < 0 or found[0] > n_users or found[1] > n_items:
            raise ValueError(f"users and items must lie within {(n_users, n_items)}, got {found}")
        self.mean_ = ratings.mean() if self.biases else ratings.new_zeros(())
        scale = self.rank**-0.5
        self.user_factors_ = scale * self._normal(ratings, n_users)
        self.item_factors_ = scale * self._normal(ratings, n_items)
        self.user_biases_, self.item_biases_ = (
            ratings.new_zeros(n_users),
            ratings.new_zeros(n_items),
        )
        objective = []
        for epoch in range(self.epochs):
            if self.solver == "als":
                self._alternate(users, items, ratings)
            else:
                self._descend(users, items, ratings, self.lr * (1 - epoch / self.epochs))
            objective.append(self._sum(users, items, ratings))
        self.objective_ = torch.stack(objective)
        return self

    def _normal(self, like: Tensor, n: int) -> Tensor:
        return like.new_empty(n, self.rank).normal_(generator=self.generator)

    def _sum(self, users: Tensor, items: Tensor, ratings: Tensor) -> Tensor:
        numbers = (self.user_factors_, self.item_factors_, self.user_biases_, self.item_biases_)
        penalty = torch.stack([x.square().sum() for x in numbers]).sum()
        errors = ratings - self.predict(users, items)
        return errors.square().sum() + self.regularization * penalty

    def _alternate(self, users: Tensor, items: Tensor, ratings: Tensor) -> None:
        left = ratings - self.mean_ - self.item_biases_[items]
        self.user_factors_, self.user_biases_ = self._ridge(
            users, self.item_factors_[items], left, len(self.user_biases_)
        )
        left = ratings - self.mean_ - self.user_biases_[users]
        self.item_factors_, self.item_biases_ = self._ridge(
            items, self.user_factors_[users], left, len(self.item_biases_)
        )

    def _ridge(self, owner: Tensor, x: Tensor, y: Tensor, n: int) -> tuple[Tensor, Tensor]:
        """For each of n owners the coefficients and the intercept of y on the rows of x it owns."""
        if self.biases:
            x = torch.cat([x, torch.ones_like(x[:, :1])], 1)
        k = x.shape[1]
        gram = (self.regularization * torch.eye(k).to(x)).repeat(n, 1, 1)
        gram.index_add_(0, owner, x[:, :, None] * x[:, None])
        moments = x.new_zeros(n, k).index_add_(0, owner, x * y[:, None])
        solved = torch.linalg.solve(gram, moments)
        return solved[:, : self.rank], solved[:, self.rank :].sum(1)

    def _descend(self, users: Tensor, items: Tensor, ratings: Tensor, lr: float) -> None:
        lam = self.regularization
        per_user = lam / users.bincount(minlength=len(self.user_biases_)).clamp(min=1)
        per_item = lam / items.bincount(minlength=len(self.item_biases_)).clamp(min=1)
        order = torch.randperm(len(ratings), generator=self.generator)
        for index in order.to(users.device).split(self.batch_size):
            u, i = users[index], items[index]
            error = ratings[index] - self.predict(u, i)
            p, q, lam_u, lam_i = (
                self.user_factors_[u],
                self.item_factors_[i],
                per_user[u],
                per_item[i],
            )
            self.user_factors_.index_add_(0, u, lr * (error[:, None] * q - lam_u[:, None] * p))
            self.item_factors_.index_add_(0, i, lr * (error[:, None] * p - lam_i[:, None] * q))
            if self.biases:
                self.user_biases_.index_add_(0, u, lr * (error - lam_u * self.user_biases_[u]))
                self.item_biases_.index_add_(0, i, lr * (error - lam_i * self.item_biases_[i]))

    def predict(
        self, users: Int64[Tensor, " n"], items: Int64[Tensor, " n"]
    ) -> Float[Tensor, " n"]:
        """Ratings of pairs."""
        product = (self.user_factors_[users] * self.item_factors_[items]).sum(-1)
        return self.mean_ + self.user_biases_[users] + self.item_biases_[items] + product

    def scores(self) -> Float[Tensor, "users items"]:
        """Ratings of all pairs."""
        product = self.user_factors_ @ self.item_factors_.T
        return self.mean_ + self.user_biases_[:, None] + self.item_biases_ + product

    def recommend(
        self, user: int, k: int, *, seen: Int64[Tensor, " m"] | None = None
    ) -> Int64[Tensor, " k"]:
        """The k items that the user would rate best, without those already seen."""
        scores = self.scores()[user]
        if seen is not None:
            scores = scores.index_fill(0, seen, -torch.inf)
        available = int(scores.isfinite().sum())
        if not 1 <= k <= available:
            raise ValueError(f"k must lie in 1..{available}, the items left, got {k}")
        return scores.topk(k).indices
