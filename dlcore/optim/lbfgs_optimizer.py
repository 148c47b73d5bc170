"""L-BFGS as an optimizer of torch: the closure may be called several times a step."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from dlcore.optim.line_search import Evaluate, strong_wolfe
from dlcore.optim.quasi_newton import lbfgs_two_loop


class LBFGS(torch.optim.Optimizer):
    r"""L-BFGS with the arguments, the defaults and the trajectory of `torch.optim.LBFGS`.

    For full batches: the changes of the gradient must come from the parameters alone, not from
    another mini-batch.

    Args:
        params: the parameters, one group.
        lr: length of each step, and the first step tried by the line search.
        max_iter: steps a call of `step`.
        max_eval: calls of the closure a call of `step`; default 5/4 of `max_iter`.
        tolerance_grad: stop when no entry of the gradient is larger.
        tolerance_change: stop when neither a parameter nor the loss changes by more.
        history_size: pairs of steps and changes of the gradient that are stored.
        line_search_fn: "strong_wolfe", or None for steps of length `lr`, which may go up.

    Raises:
        ValueError: more than one group of parameters, or a number or a name out of range.

    Equation: :eq:`eq-lbfgs-two-loop`
    Section: :ref:`sec-quasi-newton`
    Source: Liu, Nocedal (1989), On the limited memory BFGS method for large scale optimization,
        doi:10.1007/BF01589116.

    Example:
        >>> x = torch.tensor([3.0, 3.0], requires_grad=True)
        >>> optimizer = LBFGS([x], line_search_fn="strong_wolfe")
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = (x[0] - 1) ** 2 + 5 * x[1] ** 2
        ...     loss.backward()
        ...     return loss
        >>> optimizer.step(closure).item()
        49.0
        >>> x.detach().round(decimals=3).abs()
        tensor([1., 0.])

    In production: torch.optim.LBFGS.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if not lr > 0 or max_iter < 1 or history_size < 1:
            raise ValueError(
                "LBFGS needs lr > 0, max_iter >= 1 and history_size >= 1, got "
                f"{lr}, {max_iter} and {history_size}"
            )
        if line_search_fn not in (None, "strong_wolfe"):
            raise ValueError(
                f"line_search_fn must be None or 'strong_wolfe', got {line_search_fn!r}"
            )
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError(f"LBFGS takes one group of parameters, got {len(self.param_groups)}")

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take up to `max_iter` steps.

        Args:
            closure: clears the gradients, computes the loss, calls its `backward` and returns it.

        Returns:
            The loss before the first step.

        Raises:
            TypeError: no closure: a line search needs the loss at other parameters too.
            FloatingPointError: the loss is not finite where a step began.
        """
        if closure is None:
            raise TypeError("LBFGS.step needs a closure that computes the loss and its gradients")
        group = self.param_groups[0]
        state = self.state[group["params"][0]]
        state.setdefault("n_iter", 0)
        state.setdefault("func_evals", 0)
        before, g = self._evaluate(closure)
        loss, evaluations = float(before), 1
        for iteration in range(1, group["max_iter"] + 1):
            self._require_finite(loss, g)
            if g.abs().max() <= group["tolerance_grad"]:
                break
            d = self._direction(state, g)
            slope = (g @ d).item()
            length = min(1.0, 1 / g.abs().sum().item()) if state["n_iter"] == 0 else 1.0
            t, previous = length * group["lr"], loss
            if slope > -group["tolerance_change"]:
                break
            state["n_iter"] += 1
            state["gradient"] = g
            if group["line_search_fn"] == "strong_wolfe":
                start = self._flat()
                found = strong_wolfe(
                    self._along(closure, start, d), d, loss, g, step=t, tolerance=1e-9
                )
                t, loss, g = found.step, found.value, found.gradient
                evaluations += found.evaluations
                self._set(start + t * d)
            else:
                self._set(self._flat() + t * d)
                if iteration < group["max_iter"]:
                    value, g = self._evaluate(closure)
                    loss, evaluations = float(value), evaluations + 1
            state["step"] = t * d
            if (
                evaluations >= group["max_eval"]
                or (t * d).abs().max() <= group["tolerance_change"]
                or abs(loss - previous) < group["tolerance_change"]
            ):
                break
        state["func_evals"] += evaluations
        return before

    def _direction(self, state: dict[str, Any], g: Tensor) -> Tensor:
        """Learn from the last step, if there was one; then the direction of the next."""
        if state["n_iter"] == 0:
            state["steps"], state["changes"] = [], []
        else:
            s, y = state["step"], g - state["gradient"]
            if y @ s > 1e-10:
                keep = self.param_groups[0]["history_size"] - 1
                state["steps"] = [*state["steps"][-keep:], s] if keep else [s]
                state["changes"] = [*state["changes"][-keep:], y] if keep else [y]
        return -lbfgs_two_loop(g, state["steps"], state["changes"])

    def _evaluate(
        self, closure: Callable[[], Tensor], at: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        if at is not None:
            self._set(at)
        with torch.enable_grad():
            loss = closure()
        gradients = [
            torch.zeros_like(p) if p.grad is None else p.grad
            for p in self.param_groups[0]["params"]
        ]
        return loss, torch.cat([g.to_dense().flatten() for g in gradients])

    def _along(self, closure: Callable[[], Tensor], start: Tensor, d: Tensor) -> Evaluate:
        return lambda t: self._evaluate(closure, start + t * d)

    def _flat(self) -> Tensor:
        return torch.cat([p.flatten() for p in self.param_groups[0]["params"]])

    def _set(self, theta: Tensor) -> None:
        parameters = self.param_groups[0]["params"]
        pieces = theta.split([p.numel() for p in parameters])
        for p, piece in zip(parameters, pieces, strict=True):
            p.copy_(piece.view_as(p))

    def _require_finite(self, loss: float, g: Tensor) -> None:
        if not (torch.isfinite(torch.tensor(loss)) and g.isfinite().all()):
            raise FloatingPointError(
                f"LBFGS: the loss is {loss:.3g} and the gradient's norm {g.norm().item():.3g}: "
                "use line_search_fn='strong_wolfe' or a smaller lr"
            )
