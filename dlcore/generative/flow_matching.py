"""Learning the velocity that carries noise to data along straight lines."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from tqdm.auto import tqdm

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.linalg import pairwise_distances
from dlcore.training import NonFiniteLossError

Velocity = Callable[[Tensor, Tensor], Tensor]


def _velocity(model: Velocity, x: Tensor, t: Tensor) -> Tensor:
    v = model(x, t)
    if v.shape != x.shape:
        raise ValueError(f"the velocity of {tuple(x.shape)} came as {tuple(v.shape)}")
    return v


def flow_matching_loss(
    model: Velocity,
    x_1: Float[Tensor, "b ..."],
    *,
    x_0: Float[Tensor, "b ..."] | None = None,
    t: Float[Tensor, " b"] | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    r"""How far a velocity is from $x_1 - x_0$ at a random place on the line between them.

    The least is not 0: lines cross, and the best velocity at a place is the mean of those that pass
    it. That mean carries the distribution of $x_0$ to that of $x_1$.

    Args:
        model: v, from places (b, ...) and times (b,) in [0, 1] to velocities.
        x_1: data, shape (b, ...).
        x_0: where the lines begin, like x_1; by default standard normal noise.
        t: times; by default drawn evenly from [0, 1].
        generator: source of noise and times; by default torch's global one.

    Returns:
        The squared error, its mean over examples and dimensions.

    Raises:
        ValueError: shapes that do not fit, or no examples.

    Equation: :eq:`eq-flow-matching`.
    Section: :ref:`sec-flow-matching`.

    Source: Lipman, Chen, Ben-Hamu, Nickel, Le (2023), Flow matching for generative modeling,
        arXiv:2210.02747; Liu, Gong, Liu (2023), Flow straight and fast, arXiv:2209.03003.

    Example:
        >>> x_0, x_1 = torch.zeros(5, 2), torch.ones(5, 2)
        >>> flow_matching_loss(lambda x, t: torch.ones_like(x), x_1, x_0=x_0)
        tensor(0.)

    In production: the package torchcfm.
    """
    if len(x_1) == 0:
        raise ValueError("there are no examples")
    x_0 = standard_normal(x_1.shape, x_1, generator) if x_0 is None else x_0
    if t is None:
        device = generator.device if generator else x_1.device
        t = torch.rand(len(x_1), generator=generator, dtype=x_1.dtype, device=device)
        t = t.to(x_1.device)
    if x_0.shape != x_1.shape or t.shape != x_1.shape[:1]:
        raise ValueError(
            f"x_0 {tuple(x_0.shape)} or t {tuple(t.shape)} does not fit x_1 {tuple(x_1.shape)}"
        )
    share = t.reshape(-1, *(1,) * (x_1.ndim - 1))
    v = _velocity(model, (1 - share) * x_0 + share * x_1, t)
    return (v - (x_1 - x_0)).square().mean()


def ot_coupling(
    x_0: Float[Tensor, "b d"], x_1: Float[Tensor, "b d"]
) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b d"]]:
    """Pair noise and data of a batch so that the squared lengths of the lines are least.

    Lines of such pairs hardly cross, so the paths are straighter and need fewer steps.

    Args:
        x_0: noise, shape (b, d).
        x_1: as many data.

    Returns:
        x_0 as it was and x_1 in the order of its partners.

    Raises:
        ValueError: different shapes.

    Section: :ref:`sec-flow-matching`.

    Source: Tong et al. (2024), Improving and generalizing flow-based generative models with
        minibatch optimal transport, arXiv:2302.00482.

    Example:
        >>> x_0, x_1 = torch.tensor([[0.0], [5.0]]), torch.tensor([[6.0], [1.0]])
        >>> ot_coupling(x_0, x_1)[1].flatten()
        tensor([1., 6.])

    In production: torchcfm's OTPlanSampler.
    """
    if x_0.shape != x_1.shape or x_0.ndim != 2:
        raise ValueError(f"expected two sets (b, d), got {tuple(x_0.shape)} and {tuple(x_1.shape)}")
    cost = pairwise_distances(x_0.detach(), x_1.detach()).square()
    _, partner = linear_sum_assignment(cost.cpu().numpy())
    return x_0, x_1[torch.as_tensor(partner, device=x_1.device)]


class FlowMatchingHistory(NamedTuple):
    """What training a velocity leaves behind.

    Attributes:
        losses: of each step's batch, shape (steps,).

    Section: :ref:`sec-flow-matching`.

    Example:
        >>> FlowMatchingHistory(torch.ones(3)).losses.mean()
        tensor(1.)

    In production: a logger.
    """

    losses: Float[Tensor, " steps"]


def train_flow_matching(
    model: nn.Module,
    X: Float[Tensor, "n d"],
    *,
    coupling: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
    steps: int = 1000,
    batch_size: int = 128,
    lr: float = 1e-3,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> FlowMatchingHistory:
    """Adam on the flow-matching loss.

    Args:
        model: the velocity, such as a `DenoisingMLP`, which sees times in [0, 1]; trained in place.
        X: data, shape (n, d) or images with `coupling` None.
        coupling: pairs noise with data in each batch, such as `ot_coupling`; by default by chance.
        steps: of Adam.
        batch_size: examples for each step, drawn with replacement.
        lr: Adam's step size.
        generator: source of all draws; by default torch's global one.
        progress: show a progress bar.

    Returns:
        The losses.

    Raises:
        ValueError: numbers out of range, or no examples.
        dlcore.training.NonFiniteLossError: the loss became NaN or infinite.

    Equation: :eq:`eq-flow-matching`.
    Section: :ref:`sec-flow-matching`.

    Source: Lipman, Chen, Ben-Hamu, Nickel, Le (2023), arXiv:2210.02747.

    Example:
        >>> from dlcore.generative import DenoisingMLP
        >>> model = DenoisingMLP(1, width=8)
        >>> train_flow_matching(model, torch.randn(50, 1), steps=3, progress=False).losses.shape
        torch.Size([3])

    In production: the package torchcfm.
    """
    if len(X) == 0 or min(steps, batch_size) < 1 or not lr > 0:
        raise ValueError(
            f"expected examples, counts of at least 1 and lr > 0, got X {tuple(X.shape)}, {steps}, "
            f"{batch_size}, {lr}"
        )
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    device = generator.device if generator else X.device
    model.train()
    losses = []
    for step in tqdm(range(steps), desc="flow matching", disable=not progress):
        rows = torch.randint(len(X), (batch_size,), generator=generator, device=device).to(X.device)
        x_0, x_1 = standard_normal(X[rows].shape, X, generator), X[rows]
        if coupling is not None:
            x_0, x_1 = coupling(x_0, x_1)
        loss = flow_matching_loss(model, x_1, x_0=x_0, generator=generator)
        if not math.isfinite(loss.item()):
            raise NonFiniteLossError(loss.item(), 0, step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return FlowMatchingHistory(torch.tensor(losses))


@torch.no_grad()
def flow_matching_sample(
    model: Velocity,
    x_0: Float[Tensor, "b ..."],
    *,
    steps: int = 50,
    method: str = "midpoint",
    trajectory: bool = False,
) -> Float[Tensor, "*shape"]:
    """Follow the velocity from noise at time 0 to data at time 1.

    Args:
        model: v, from places (b, ...) and times (b,) to velocities.
        x_0: noise, shape (b, ...).
        steps: of equal length.
        method: "euler" evaluates the velocity once in each step, "midpoint" twice.
        trajectory: return all states, shape (steps + 1, b, ...).

    Returns:
        The data, like x_0, or the trajectory.

    Raises:
        ValueError: no step, an unknown method, or velocities of another shape.

    Equation: :eq:`eq-flow-matching-velocity`.
    Section: :ref:`sec-flow-matching`.

    Source: Lipman, Chen, Ben-Hamu, Nickel, Le (2023), arXiv:2210.02747.

    Example:
        >>> flow_matching_sample(lambda x, t: 3 * torch.ones_like(x), torch.zeros(1, 1), steps=4)
        tensor([[3.]])

    In production: torchdiffeq.odeint.
    """
    if steps < 1 or method not in ("euler", "midpoint"):
        raise ValueError(f"expected a step and euler or midpoint, got {steps}, {method!r}")
    x, states, h = x_0, [x_0], 1 / steps
    for i in range(steps):
        t = x.new_full((len(x),), i * h)
        v = _velocity(model, x, t)
        if method == "midpoint":
            v = _velocity(model, x + h / 2 * v, t + h / 2)
        x = x + h * v
        if trajectory:
            states.append(x)
    return torch.stack(states) if trajectory else x
