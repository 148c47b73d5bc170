"""Gradient descent that no single example moves much: DP-SGD."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

Loss = Callable[[Tensor, Tensor], Tensor]


def per_example_gradients(
    model: nn.Module, loss: Loss, X: Float[Tensor, "n ..."], y: Tensor
) -> dict[str, Tensor]:
    """The gradient of each example's loss, all in one vectorized pass.

    Args:
        model: maps a batch to outputs; layers that mix examples, as batch normalization, have no
            gradient of one example.
        loss: from outputs (1, ...) and targets (1, ...) to a number, as `F.cross_entropy`.
        X: examples, shape (n, ...).
        y: their targets, shape (n, ...).

    Returns:
        For each parameter that is trained, by name, shape (n, *parameter).

    Raises:
        ValueError: numbers of examples and targets differ, or there are none.

    Equation: :eq:`eq-dp-sgd`.
    Section: :ref:`sec-private-training`.

    Source: Goodfellow (2015), Efficient per-example gradient computations, arXiv:1510.01799; the
        way here is torch.func's.

    Example:
        >>> model = nn.Linear(3, 1)
        >>> gradients = per_example_gradients(model, nn.functional.mse_loss, torch.ones(5, 3),
        ...     torch.zeros(5, 1))
        >>> {name: tuple(g.shape) for name, g in gradients.items()}
        {'weight': (5, 1, 3), 'bias': (5, 1)}

    In production: torch.func.vmap of torch.func.grad, as here; opacus.GradSampleModule.
    """
    if len(X) != len(y) or not len(X):
        raise ValueError(f"one target per example, at least one: {len(X)} and {len(y)}")
    parameters = {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}
    fixed = {name: p.detach() for name, p in model.named_parameters() if not p.requires_grad}
    buffers = {**fixed, **dict(model.named_buffers())}

    def loss_of_one(trained: dict[str, Tensor], x: Tensor, target: Tensor) -> Tensor:
        outputs = torch.func.functional_call(model, {**trained, **buffers}, (x[None],))
        return loss(outputs, target[None])

    gradient = torch.func.vmap(torch.func.grad(loss_of_one), (None, 0, 0), randomness="different")
    return gradient(parameters, X, y)


def store_per_example_gradients(
    model: nn.Module, loss: Loss, X: Float[Tensor, "n ..."], y: Tensor
) -> None:
    """Write each parameter's per-example gradients into its attribute `grad_sample`, for `DPSGD`.

    Args:
        model: maps a batch to outputs.
        loss: from outputs and targets to a number, as `F.cross_entropy`.
        X: examples, shape (n, ...); n may be 0, as random batches may be empty.
        y: their targets, shape (n, ...).

    Raises:
        ValueError: numbers of examples and targets differ.

    Section: :ref:`sec-private-training`.

    Source: the attribute's name is that of Yousefpour et al. (2021), Opacus, arXiv:2109.12298.

    Example:
        >>> model = nn.Linear(3, 1)
        >>> store_per_example_gradients(model, nn.functional.mse_loss, torch.ones(5, 3),
        ...     torch.zeros(5, 1))
        >>> model.bias.grad_sample.shape
        torch.Size([5, 1])

    In production: opacus.GradSampleModule.
    """
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if len(X) == len(y) == 0:
        gradients = {name: p.new_zeros(0, *p.shape) for name, p in trained.items()}
    else:
        gradients = per_example_gradients(model, loss, X, y)
    for name, parameter in trained.items():
        parameter.grad_sample = gradients[name]  # type: ignore[attr-defined]  # Opacus reads it there too


class DPSGD(torch.optim.Optimizer):
    r"""Stochastic gradient descent with clipped per-example gradients and Gaussian noise.

    $\theta \leftarrow \theta - \frac{\eta}{B} \left(\sum_i g_i \min(1, \frac{C}{\lVert g_i
    \rVert}) + \sigma C \xi\right)$ with the norm over all parameters together. One example moves
    the sum by at most C; the noise hides that move. B is the expected size of a batch, not the size
    of this one, which is a secret too.

    Args:
        params: parameters; before each step, all of them have a `grad_sample`.
        lr: $\eta$.
        max_norm: C, above 0.
        noise_multiplier: $\sigma$, at least 0; without noise there is no privacy.
        batch_size: B, above 0: the rate of `poisson_batch` times the number of examples.
        generator: source of the noise; by default torch's global one.

    Raises:
        ValueError: a value out of range; in `step`, a parameter without `grad_sample`.

    Equation: :eq:`eq-dp-sgd`.
    Section: :ref:`sec-private-training`.

    Source: Abadi et al. (2016), Deep learning with differential privacy, arXiv:1607.00133.

    Example:
        >>> model = nn.Linear(3, 1)
        >>> optimizer = DPSGD(
        ...     model.parameters(), lr=0.1, max_norm=1.0, noise_multiplier=1.0, batch_size=4)
        >>> X, y = torch.randn(40, 3), torch.randn(40, 1)
        >>> batch = poisson_batch(40, 0.1)
        >>> store_per_example_gradients(model, nn.functional.mse_loss, X[batch], y[batch])
        >>> optimizer.step()
        >>> optimizer.steps
        1

    In production: opacus.PrivacyEngine.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict],
        lr: float,
        *,
        max_norm: float,
        noise_multiplier: float,
        batch_size: float,
        generator: torch.Generator | None = None,
    ) -> None:
        if not lr >= 0 or not noise_multiplier >= 0:
            raise ValueError(f"lr and noise must be at least 0, got {lr} and {noise_multiplier}")
        if not max_norm > 0 or not batch_size > 0:
            raise ValueError(f"norm and batch must be above 0, got {max_norm} and {batch_size}")
        super().__init__(params, {"lr": lr, "steps": 0})
        self.max_norm = max_norm
        self.noise_multiplier = noise_multiplier
        self.batch_size = batch_size
        self.generator = generator

    @property
    def steps(self) -> int:
        """How many were made; they are saved with the state."""
        return self.param_groups[0]["steps"]

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Clip, sum, add noise, move; the per-example gradients are used up.

        Args:
            closure: called first, with gradients on; may fill `grad_sample` and return the loss.
        """
        value = None
        if closure is not None:
            with torch.enable_grad():
                value = closure()
        parameters = [p for group in self.param_groups for p in group["params"]]
        if any(getattr(p, "grad_sample", None) is None for p in parameters):
            raise ValueError("call store_per_example_gradients before each step")
        squares = [p.grad_sample.flatten(1).square().sum(1) for p in parameters]
        norm = torch.stack(squares).sum(0).sqrt()
        shrink = (self.max_norm / norm).clamp(max=1)
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = self._noisy(torch.tensordot(shrink, p.grad_sample, 1)) / self.batch_size
                p.sub_(p.grad, alpha=group["lr"])
                p.grad_sample = None
            group["steps"] += 1
        return value

    def _noisy(self, total: Tensor) -> Tensor:
        device = self.generator.device if self.generator else total.device
        noise = torch.randn(total.shape, generator=self.generator, device=device, dtype=total.dtype)
        return total + self.noise_multiplier * self.max_norm * noise.to(total.device)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients and the per-example gradients."""
        super().zero_grad(set_to_none)
        for group in self.param_groups:
            for p in group["params"]:
                p.grad_sample = None


def poisson_batch(
    n: int, rate: float, *, generator: torch.Generator | None = None
) -> Int[Tensor, " b"]:
    """A batch in which each example is with the same chance, independently of the others.

    Args:
        n: how many examples there are.
        rate: the chance of each, in (0, 1].
        generator: source of the draws; by default torch's global one.

    Returns:
        Indices, rising; their number varies around n times rate, and may be 0.

    Raises:
        ValueError: a negative n, or a rate outside (0, 1].

    Section: :ref:`sec-private-training`.

    Source: Abadi et al. (2016), Deep learning with differential privacy, arXiv:1607.00133.

    Example:
        >>> poisson_batch(4, 1.0)
        tensor([0, 1, 2, 3])

    In production: opacus.utils.uniform_sampler.UniformWithReplacementSampler.
    """
    if n < 0 or not 0 < rate <= 1:
        raise ValueError(f"n must be at least 0 and rate in (0, 1], got {n} and {rate}")
    device = generator.device if generator else None
    return (torch.rand(n, generator=generator, device=device) < rate).nonzero()[:, 0]
