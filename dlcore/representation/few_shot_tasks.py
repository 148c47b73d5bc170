"""Many small tasks with few examples each: to draw them, to train on them, to judge by them."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor
from torch.nn import functional as F

from dlcore.training import NonFiniteLossError
from dlcore.training.loop import in_mode


class FewShotTask(NamedTuple):
    """Examples to learn from, and others of the same classes to be judged on.

    Attributes:
        support_x: inputs with known answers, shape (s, ...).
        support_y: the answers, shape (s, ...); classes are numbered within the task, from 0.
        query_x: inputs to answer, shape (q, ...).
        query_y: the right answers, shape (q, ...).
    """

    support_x: Tensor
    support_y: Tensor
    query_x: Tensor
    query_y: Tensor


Sample = Callable[[torch.Generator | None], FewShotTask]


class EpisodeSampler:
    """Draws tasks of n ways and k shots: new classes each time, no example in both parts.

    Args:
        X: examples of many classes, shape (n, ...).
        labels: their classes, shape (n,).
        ways: classes in a task.
        shots: support examples of each class.
        queries: query examples of each class.

    Attributes:
        classes: those with enough examples.

    Raises:
        ValueError: lengths that differ, numbers below 1, or too few classes with enough examples.

    Section: :ref:`sec-few-shot`
    Source: Vinyals, Blundell, Lillicrap, Kavukcuoglu, Wierstra (2016), Matching networks for one
        shot learning, arXiv:1606.04080.

    Example:
        >>> X, labels = torch.randn(60, 4), torch.arange(60) % 10
        >>> task = EpisodeSampler(X, labels, ways=3, shots=2, queries=1)()
        >>> task.support_x.shape, task.support_y, task.query_y
        (torch.Size([6, 4]), tensor([0, 0, 1, 1, 2, 2]), tensor([0, 1, 2]))

    In production: learn2learn or easyfsl.
    """

    def __init__(
        self,
        X: Shaped[Tensor, "n ..."],
        labels: Int[Tensor, " n"],
        *,
        ways: int = 5,
        shots: int = 1,
        queries: int = 5,
    ) -> None:
        if len(X) != len(labels) or min(ways, shots, queries) < 1:
            raise ValueError(
                f"as many labels as examples and numbers from 1 are needed, got {len(X)} examples, "
                f"{len(labels)} labels, {ways} ways, {shots} shots, {queries} queries"
            )
        classes, counts = labels.unique(return_counts=True)
        self.classes = classes[counts >= shots + queries]
        if len(self.classes) < ways:
            raise ValueError(
                f"{ways} ways need as many classes of {shots + queries} examples, there are "
                f"{len(self.classes)}"
            )
        self.X, self.ways, self.shots, self.queries = X, ways, shots, queries
        self._members = [(labels == c).nonzero().flatten() for c in self.classes]

    def __call__(self, generator: torch.Generator | None = None) -> FewShotTask:
        """A task, classes in random order.

        Args:
            generator: source of the draws; by default torch's global one.

        Returns:
            Support and query, each with the examples of class 0 first.
        """
        where = generator.device if generator else torch.device("cpu")

        def shuffled(n: int) -> Tensor:
            return torch.randperm(n, generator=generator, device=where).to(self.X.device)

        chosen = [self._members[c] for c in shuffled(len(self.classes))[: self.ways].tolist()]
        drawn = torch.stack([m[shuffled(len(m))[: self.shots + self.queries]] for m in chosen])
        support, query = drawn[:, : self.shots], drawn[:, self.shots :]
        way = torch.arange(self.ways, device=self.X.device)
        return FewShotTask(
            self.X[support.flatten()],
            way.repeat_interleave(self.shots),
            self.X[query.flatten()],
            way.repeat_interleave(self.queries),
        )


def train_on_tasks(
    model: Any,
    sample: Sample,
    *,
    steps: int,
    tasks_per_step: int = 1,
    loss: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
    lr: float = 1e-3,
    optimizer: torch.optim.Optimizer | None = None,
    generator: torch.Generator | None = None,
) -> list[float]:
    """Train a model to answer queries after it saw the support, on new tasks at each step.

    Args:
        model: a module called as `model(support_x, support_y, query_x)`; trained in place.
        sample: draws a task from a generator, as `EpisodeSampler` does.
        steps: of the optimizer.
        tasks_per_step: whose mean loss a step descends.
        loss: of the model's answers and the right ones.
        lr: Adam's step size.
        optimizer: built from the model's parameters; by default Adam.
        generator: source of the tasks; by default torch's global one.

    Returns:
        The mean loss of each step.

    Raises:
        ValueError: numbers below 1.
        NonFiniteLossError: the loss became NaN or infinite.

    Section: :ref:`sec-few-shot`
    Source: Vinyals, Blundell, Lillicrap, Kavukcuoglu, Wierstra (2016), Matching networks for one
        shot learning, arXiv:1606.04080.

    Example:
        >>> from dlcore.representation import PrototypicalNetwork
        >>> sample = EpisodeSampler(torch.randn(60, 4), torch.arange(60) % 6, ways=2)
        >>> len(train_on_tasks(PrototypicalNetwork(torch.nn.Linear(4, 3)), sample, steps=2))
        2

    In production: the same loop.
    """
    require_steps("train_on_tasks", steps, tasks_per_step)
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    with in_mode(model, training=True):
        for step in range(steps):
            optimizer.zero_grad()
            total = 0.0
            for _ in range(tasks_per_step):
                task = sample(generator)
                part = loss(model(*task[:3]), task.query_y) / tasks_per_step
                part.backward()
                total += part.item()
            if not math.isfinite(total):
                raise NonFiniteLossError(total, 0, step)
            optimizer.step()
            losses.append(total)
    return losses


@torch.no_grad()
def score_on_tasks(
    model: Any,
    sample: Sample,
    n_tasks: int,
    *,
    score: Callable[[Tensor, Tensor], Any] | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, " n"]:
    """How well a model answers the queries of new tasks, each on its own.

    Args:
        model: a module called as `model(support_x, support_y, query_x)`; in evaluation mode.
        sample: draws a task from a generator.
        n_tasks: how many.
        score: of the model's answers and the right ones; default the share of right classes.
        generator: source of the tasks; by default torch's global one.

    Returns:
        One score a task, shape (n_tasks,), from which an interval for the mean follows.

    Raises:
        ValueError: no tasks.

    Section: :ref:`sec-few-shot`
    Source: Snell, Swersky, Zemel (2017), Prototypical networks for few-shot learning,
        arXiv:1703.05175, section 3.

    Example:
        >>> from dlcore.representation import PrototypicalNetwork
        >>> X = torch.eye(4).repeat_interleave(10, 0)
        >>> sample = EpisodeSampler(X, torch.arange(4).repeat_interleave(10), ways=3)
        >>> score_on_tasks(PrototypicalNetwork(torch.nn.Identity()), sample, 2)
        tensor([1., 1.], dtype=torch.float64)

    In production: the same loop.
    """
    require_steps("score_on_tasks", n_tasks)
    score = score or _accuracy
    with in_mode(model, training=False):
        tasks = (sample(generator) for _ in range(n_tasks))
        scores = [float(score(model(*task[:3]), task.query_y)) for task in tasks]
    return torch.tensor(scores, dtype=torch.float64)


def _accuracy(scores: Tensor, y: Tensor) -> Tensor:
    return (scores.argmax(1) == y).double().mean()


def require_steps(name: str, *numbers: int) -> None:
    """Refuse counts below 1."""
    if min(numbers) < 1:
        raise ValueError(f"{name}: steps and tasks must be at least 1, got {numbers}")


def count_classes(
    name: str, support: Tensor, labels: Tensor, query: Tensor, n_classes: int | None = None
) -> int:
    """How many classes a task has; refuse vectors and labels that do not fit."""
    if support.ndim != 2 or labels.shape != support.shape[:1] or len(labels) == 0:
        raise ValueError(
            f"{name} needs support vectors (s, d) with s labels, got {tuple(support.shape)} and "
            f"{tuple(labels.shape)}"
        )
    if query.ndim != 2 or query.shape[1] != support.shape[1]:
        raise ValueError(
            f"{name} needs queries of shape (q, {support.shape[1]}), got {tuple(query.shape)}"
        )
    c = int(labels.max()) + 1 if n_classes is None else n_classes
    if labels.min() < 0 or labels.max() >= c:
        raise ValueError(
            f"{name}: labels must be from 0 to {c - 1}, got {labels.unique().tolist()}"
        )
    return c
