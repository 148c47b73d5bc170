"""Networks whose start is learned, so that few steps on few examples suffice."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Shaped
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from dlcore.representation.few_shot_tasks import FewShotTask, Sample, require_steps
from dlcore.representation.meta_gradients import adapt_parameters
from dlcore.training.loop import in_mode


class MAML(nn.Module):
    """A network that takes a few gradient steps on the support before it answers the queries.

    The answers depend on the network's parameters through these steps, so that any optimizer that
    makes the answers better learns a good start: see `train_on_tasks`.

    Args:
        model: the network.
        inner_lr: size of the steps on the support.
        steps: how many.
        first_order: take the steps' gradients for constants (FOMAML): cheaper, nearly as good.
        loss: of the network's outputs and the support's answers.

    Attributes:
        model: as given; its parameters are the start.

    Raises:
        ValueError: a negative number of steps.

    Equations: :eq:`eq-maml-step`, :eq:`eq-maml-gradient`
    Section: :ref:`sec-meta-learning`
    Source: Finn, Abbeel, Levine (2017), Model-agnostic meta-learning for fast adaptation of deep
        networks, arXiv:1703.03400.

    Example:
        >>> maml = MAML(nn.Linear(1, 1), inner_lr=0.1, loss=nn.MSELoss())
        >>> maml(torch.randn(5, 1), torch.randn(5, 1), torch.randn(3, 1)).shape
        torch.Size([3, 1])

    In production: learn2learn.algorithms.MAML.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        inner_lr: float,
        steps: int = 1,
        first_order: bool = False,
        loss: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
    ) -> None:
        if steps < 0:
            raise ValueError(f"steps must be at least 0, got {steps}")
        super().__init__()
        self.model, self.inner_lr, self.steps = model, inner_lr, steps
        self.first_order, self.loss = first_order, loss

    def adapt(
        self, x: Shaped[Tensor, "s ..."], y: Shaped[Tensor, "s ..."], steps: int | None = None
    ) -> dict[str, Tensor]:
        """The parameters after steps on given examples; the network stays as it is.

        Args:
            x: inputs, shape (s, ...).
            y: answers, shape (s, ...).
            steps: how many; default as in the constructor.

        Returns:
            What `torch.func.functional_call(maml.model, adapted, x)` takes.
        """
        return adapt_parameters(
            lambda params: self.loss(functional_call(self.model, params, (x,)), y),
            {name: p for name, p in self.model.named_parameters() if p.requires_grad},
            self.inner_lr,
            steps=self.steps if steps is None else steps,
            differentiable=self.training and not self.first_order,
        )

    def forward(
        self,
        support_x: Shaped[Tensor, "s ..."],
        support_y: Shaped[Tensor, "s ..."],
        query_x: Shaped[Tensor, "q ..."],
    ) -> Tensor:
        """The network's outputs for the queries, after its steps on the support."""
        return functional_call(self.model, self.adapt(support_x, support_y), (query_x,))


def train_reptile(
    model: MAML,
    sample: Sample,
    *,
    steps: int,
    lr: float = 0.1,
    tasks_per_step: int = 1,
    generator: torch.Generator | None = None,
) -> list[float]:
    """Move the start towards where the tasks lead: Reptile, without gradients through steps.

    Args:
        model: whose `inner_lr`, `steps` and `loss` lead through a task; trained in place.
        sample: draws a task from a generator; support and query are both learned from.
        steps: how often the start moves.
        lr: share of the way to the mean of the ends.
        tasks_per_step: ends that are averaged.
        generator: source of the tasks; by default torch's global one.

    Returns:
        For each step the mean loss on the tasks' examples at the ends.

    Raises:
        ValueError: numbers below 1, or a model without steps.

    Equation: :eq:`eq-reptile`
    Section: :ref:`sec-meta-learning`
    Source: Nichol, Achiam, Schulman (2018), On first-order meta-learning algorithms,
        arXiv:1803.02999.

    Example:
        >>> maml = MAML(nn.Linear(1, 1), inner_lr=0.01, steps=3, loss=nn.MSELoss())
        >>> len(train_reptile(maml, lambda generator: sine_task(generator=generator), steps=2))
        2

    In production: the same loop.
    """
    require_steps("train_reptile", steps, tasks_per_step, model.steps)
    losses = []
    with in_mode(model, training=False):
        for _ in range(steps):
            ends, total = [], 0.0
            for _ in range(tasks_per_step):
                task = sample(generator)
                x = torch.cat([task.support_x, task.query_x])
                y = torch.cat([task.support_y, task.query_y])
                ends.append(model.adapt(x, y))
                with torch.no_grad():
                    outputs = functional_call(model.model, ends[-1], (x,))
                    total += float(model.loss(outputs, y)) / tasks_per_step
            losses.append(total)
            with torch.no_grad():
                for name, p in model.model.named_parameters():
                    if p.requires_grad:
                        p.lerp_(torch.stack([end[name] for end in ends]).mean(0), lr)
    return losses


def sine_task(
    shots: int = 10, queries: int = 10, *, generator: torch.Generator | None = None
) -> FewShotTask:
    r"""A sine wave to be guessed from a few of its points.

    $y = A \sin(x - \varphi)$ with amplitude in [0.1, 5], phase in [0, pi] and x in [-5, 5], all
    uniform. The mean wave is a poor guess for each.

    Args:
        shots: points of the support.
        queries: points of the query.
        generator: source of wave and points; by default torch's global one.

    Returns:
        Inputs and answers of shapes (shots, 1) and (queries, 1), on the generator's device.

    Raises:
        ValueError: no points.

    Section: :ref:`sec-meta-learning`
    Source: Finn, Abbeel, Levine (2017), Model-agnostic meta-learning for fast adaptation of deep
        networks, arXiv:1703.03400, section 5.1.

    Example:
        >>> sine_task(5, 7).query_y.shape
        torch.Size([7, 1])

    In production: the same lines.
    """
    require_steps("sine_task", shots, queries)
    where = generator.device if generator else torch.device("cpu")
    u = torch.rand(2 + shots + queries, 1, generator=generator, device=where)
    amplitude, phase = 0.1 + 4.9 * u[0], math.pi * u[1]
    x = 10 * u[2:] - 5
    y = amplitude * torch.sin(x - phase)
    return FewShotTask(x[:shots], y[:shots], x[shots:], y[shots:])
