"""One trunk, several tasks."""

from collections.abc import Callable, Iterable, Mapping

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional as F


class MultiTaskModel(nn.Module):
    """A trunk that all tasks share, and a head for each.

    Args:
        trunk: maps inputs to features, (b, ...) to (b, h).
        heads: for each task's name what maps features to its outputs.

    Attributes:
        trunk: as given.
        heads: as `torch.nn.ModuleDict`.

    Raises:
        ValueError: no heads.

    Section: :ref:`sec-multi-task`
    Source: Caruana (1997), Multitask learning, doi:10.1023/A:1007379606734.

    Example:
        >>> heads = {"kind": nn.Linear(3, 2), "size": nn.Linear(3, 1)}
        >>> outputs = MultiTaskModel(nn.Linear(4, 3), heads)(torch.zeros(5, 4))
        >>> {task: tuple(output.shape) for task, output in outputs.items()}
        {'kind': (5, 2), 'size': (5, 1)}

    In production: the same lines.
    """

    def __init__(self, trunk: nn.Module, heads: Mapping[str, nn.Module]) -> None:
        if not heads:
            raise ValueError("at least one head is needed")
        super().__init__()
        self.trunk, self.heads = trunk, nn.ModuleDict(heads)

    def forward(self, x: Shaped[Tensor, "b ..."]) -> dict[str, Tensor]:
        """The outputs of each task, by name; the trunk computes once."""
        z = self.trunk(x)
        return {task: head(z) for task, head in self.heads.items()}


def multi_task_loss(
    outputs: Mapping[str, Tensor],
    targets: Mapping[str, Tensor],
    losses: Mapping[str, Callable[[Tensor, Tensor], Tensor]],
    weights: Mapping[str, float] | None = None,
) -> Float[Tensor, ""]:
    r"""The weighted sum of the tasks' losses, $\sum_t w_t \mathcal L_t$.

    Args:
        outputs: of each task, as `MultiTaskModel` gives them.
        targets: of each task that this batch has targets for.
        losses: of outputs and targets, for each task.
        weights: of each task; default 1.

    Returns:
        The sum over the tasks that have targets.

    Raises:
        ValueError: no targets, or a task without outputs, loss or weight.

    Equation: :eq:`eq-multi-task-loss`
    Section: :ref:`sec-multi-task`
    Source: Caruana (1997), Multitask learning, doi:10.1023/A:1007379606734.

    Example:
        >>> mse = nn.MSELoss()
        >>> outputs, targets = {"a": torch.ones(2), "b": torch.ones(2)}, {"a": torch.zeros(2)}
        >>> multi_task_loss(outputs, targets, {"a": mse, "b": mse}, {"a": 3.0})
        tensor(3.)

    In production: the same line.
    """
    weights = dict.fromkeys(targets, 1.0) if weights is None else weights
    for name, given in (("outputs", outputs), ("a loss", losses), ("a weight", weights)):
        if missing := sorted(set(targets) - set(given)):
            raise ValueError(f"tasks without {name}: {missing}")
    if not targets:
        raise ValueError("there are no targets")
    terms = [weights[task] * losses[task](outputs[task], y) for task, y in targets.items()]
    return torch.stack(terms).sum()


def gradient_agreement(
    losses: Mapping[str, Tensor], parameters: Iterable[Tensor]
) -> Float[Tensor, "k k"]:
    r"""The cosines of the angles between the gradients of several tasks.

    Below 0 a step for the one task makes the other worse.

    Args:
        losses: a number for each of k tasks, from one computation.
        parameters: what the tasks share.

    Returns:
        Shape (k, k), in the order of the losses, 1 on the diagonal; 0 where a gradient vanishes.

    Raises:
        ValueError: no losses, or no parameters that learn.

    Equation: :eq:`eq-multi-task-loss`
    Section: :ref:`sec-multi-task`
    Source: Yu, Kumar, Gupta, Levine, Hausman, Finn (2020), Gradient surgery for multi-task
        learning, arXiv:2001.06782.

    Example:
        >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
        >>> gradient_agreement({"a": w[0], "b": w[1] - w[0]}, [w])[0, 1].round(decimals=3)
        tensor(-0.7070)

    In production: torch.autograd.grad and torch.nn.functional.cosine_similarity.
    """
    learned = [p for p in parameters if p.requires_grad]
    if not losses or not learned:
        raise ValueError(f"no losses or no parameters: {len(losses)} and {len(learned)}")
    rows = []
    for loss in losses.values():
        parts = torch.autograd.grad(
            loss, learned, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        rows.append(torch.cat([part.flatten() for part in parts]))
    directions = F.normalize(torch.stack(rows))
    return directions @ directions.T
