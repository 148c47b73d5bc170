"""Flow along a velocity field: a neural differential equation as an invertible map."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.generative.elementary_flows import Images
from dlcore.generative.flow import Flow

TRACES = ("exact", "hutchinson")


def exact_trace(v: Tensor, x: Tensor) -> Tensor:
    """The trace of the Jacobian of v by x in each row, with d backward passes."""
    total = v.new_zeros(len(v))
    for i in range(v.shape[1]):
        total = total + _pull(v[:, i], x)[:, i]
    return total


def _pull(v: Tensor, x: Tensor) -> Tensor:
    if not v.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(v.sum(), x, create_graph=True, materialize_grads=True)[0]


def hutchinson_trace(
    f: Callable[[Tensor], Tensor],
    x: Float[Tensor, "n d"],
    *,
    directions: int = 1,
    noise: str = "rademacher",
    generator: torch.Generator | None = None,
) -> Float[Tensor, " n"]:
    r"""An unbiased estimate of $\operatorname{tr}\partial f/\partial x$ of each row.

    $\operatorname{tr}A = \mathbb E[\epsilon^\top A\epsilon]$ if $\epsilon$ has mean 0 and
    covariance I: one backward pass for each direction, whatever d is. With signs the diagonal of A
    adds no variance, which is $\sum_{i<j}(A_{ij} + A_{ji})^2$.

    Args:
        f: (n, d) to (n, d), each row by itself.
        x: points, shape (n, d).
        directions: vectors drawn for each row, whose estimates are averaged.
        noise: "rademacher", signs, or "gaussian".
        generator: source of the vectors; default torch's global one.

    Returns:
        Shape (n,), with gradients to the parameters of f.

    Raises:
        ValueError: another shape than that of x, no direction, or unknown noise.

    Equation: :eq:`eq-hutchinson-trace`
    Section: :ref:`sec-continuous-flows`
    Source: Hutchinson (1989), A stochastic estimator of the trace of the influence matrix for
        Laplacian smoothing splines; Grathwohl et al. (2019), FFJORD, arXiv:1810.01367.

    Example:
        >>> hutchinson_trace(lambda x: x * torch.tensor([1.0, 2.0, 3.0]), torch.zeros(2, 3))
        tensor([6., 6.])

    In production: the same lines.
    """
    if directions < 1 or noise not in ("rademacher", "gaussian") or x.ndim != 2:
        raise ValueError(
            f"hutchinson_trace needs x (n, d), directions >= 1 and noise rademacher or gaussian, "
            f"got {tuple(x.shape)}, {directions}, {noise!r}"
        )
    with torch.enable_grad():
        x = x if x.requires_grad else x.detach().requires_grad_()
        v = f(x)
        if v.shape != x.shape:
            raise ValueError(f"f must keep the shape {tuple(x.shape)}, gave {tuple(v.shape)}")
        total = x.new_zeros(len(x))
        for _ in range(directions):
            epsilon = standard_normal(x.shape, x, generator)
            if noise == "rademacher":
                epsilon = torch.where(epsilon < 0, -1.0, 1.0).to(x)
            total = total + (_pull(v * epsilon, x) * epsilon).sum(1)
    return (total / directions) if v.requires_grad else total.detach()


class ContinuousFlow(Flow):
    r"""Points that follow $dz/dt = v(z, t)$ from t = 0 to 1, by fourth-order Runge-Kutta steps.

    Along the way $d\log p/dt = -\operatorname{tr}\partial v/\partial z$, so the log-determinant is
    the integral of the trace. The inverse runs the clock backwards: what it undoes, it undoes up to
    the error of the steps.

    Args:
        dim: d.
        field: the velocity, of rows (n, d + 1) whose last column is t, to (n, d).
        steps: of the solver.
        end: the last time T; the field sees times from 0 to T.
        trace: "exact", d backward passes for each slope, or "hutchinson", one: directions are
            drawn once for each call and kept along the way.

    Raises:
        ValueError: counts below 1, an unknown trace, or a field of another shape.

    Equation: :eq:`eq-continuous-flow`
    Section: :ref:`sec-continuous-flows`
    Source: Chen, Rubanova, Bettencourt, Duvenaud (2018), Neural ordinary differential equations,
        arXiv:1806.07366; Grathwohl et al. (2019), FFJORD, arXiv:1810.01367.

    Example:
        >>> from dlcore.nn import MLP
        >>> flow = ContinuousFlow(2, MLP([3, 16, 2], activation="tanh"), steps=8)
        >>> z = torch.randn(4, 2)
        >>> torch.allclose(flow.inverse(flow(z)[0])[0], z, atol=1e-4)
        True

    In production: torchdiffeq.odeint_adjoint, zuko.flows.CNF.
    """

    def __init__(
        self,
        dim: int,
        field: nn.Module,
        steps: int = 20,
        end: float = 1.0,
        trace: str = "exact",
    ) -> None:
        super().__init__(dim)
        if steps < 1 or not end > 0 or trace not in TRACES:
            raise ValueError(
                f"expected steps >= 1, end > 0 and a trace of {TRACES}, got {steps}, {end}, "
                f"{trace!r}"
            )
        self.field, self.steps, self.end, self.trace = field, steps, end, trace

    def velocity(self, z: Float[Tensor, "n d"], t: float) -> Float[Tensor, "n d"]:
        """v(z, t) of each row."""
        v: Tensor = self.field(torch.cat([z, z.new_full((len(z), 1), t)], dim=1))
        if v.shape != z.shape:
            raise ValueError(f"the field must give {tuple(z.shape)}, gave {tuple(v.shape)}")
        return v

    def forward(self, z: Float[Tensor, "n d"]) -> Images:
        """Codes to data, from time 0 to the end."""
        return self._solve(z, 0.0, self.end)

    def inverse(self, x: Float[Tensor, "n d"]) -> Images:
        """Data to codes, from the end to time 0."""
        return self._solve(x, self.end, 0.0)

    @torch.no_grad()
    def path(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "t n d"]:
        """Where points are after each step, the start first, shape (steps + 1, n, d)."""
        self.require_rows(z)
        h, states = self.end / self.steps, [z]
        for i in range(self.steps):
            states.append(states[-1] + h * self._slope(states[-1], i * h, h, self.velocity))
        return torch.stack(states)

    def _solve(self, z: Tensor, start: float, end: float) -> Images:
        self.require_rows(z)
        h, log_det = (end - start) / self.steps, z.new_zeros(len(z))
        epsilon = torch.where(torch.rand_like(z) < 0.5, -1.0, 1.0).to(z)
        state = torch.cat([z, log_det[:, None]], dim=1)

        def rate(state: Tensor, t: float) -> Tensor:
            keep = torch.is_grad_enabled()
            with torch.enable_grad():
                at = state[:, :-1]
                at = at if at.requires_grad else at.detach().requires_grad_()
                v = self.velocity(at, t)
                if self.trace == "exact":
                    trace = exact_trace(v, at)
                else:
                    trace = (_pull(v * epsilon, at) * epsilon).sum(1)
            both = torch.cat([v, trace[:, None]], dim=1)
            return both if keep else both.detach()

        for i in range(self.steps):
            state = state + h * self._slope(state, start + i * h, h, rate)
        return state[:, :-1], state[:, -1]

    @staticmethod
    def _slope(z: Tensor, t: float, h: float, rate: Callable[[Tensor, float], Tensor]) -> Tensor:
        k1 = rate(z, t)
        k2 = rate(z + h / 2 * k1, t + h / 2)
        k3 = rate(z + h / 2 * k2, t + h / 2)
        k4 = rate(z + h * k3, t + h)
        return (k1 + 2 * k2 + 2 * k3 + k4) / 6
