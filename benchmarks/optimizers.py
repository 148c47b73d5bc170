"""Steps of optimizers beside torch.optim's own multi-tensor ones: many small tensors, few large.

Both calls of a pair start from the same parameters, take ten steps with the same gradients, and
return the parameters.
"""

from collections.abc import Callable

import torch

import dlcore.optim as ours

Pair = tuple[Callable[[], object], Callable[[], object]]
SIZES = {"300 small tensors": (300, 64), "3 large tensors": (3, 1_000_000)}
SETTINGS: dict[str, dict[str, float]] = {
    "SGD": {"momentum": 0.9},
    "RMSprop": {},
    "AdamW": {},
}
STEPS = 10


def _steps(name: str, tensors: int, numbers: int) -> Callable[[torch.device], Pair]:
    def make(device: torch.device) -> Pair:
        start = torch.randn(tensors, numbers, device=device)
        gradients = torch.randn(tensors, numbers, device=device)

        def call(optimizer: Callable[..., torch.optim.Optimizer]) -> Callable[[], object]:
            parameters = [row.clone().requires_grad_() for row in start]
            for p, g in zip(parameters, gradients, strict=True):
                p.grad = g.clone()
            algorithm = optimizer(parameters, lr=1e-3, **SETTINGS[name])

            def steps() -> object:
                for _ in range(STEPS):
                    algorithm.step()
                return parameters

            return steps

        peer = getattr(torch.optim, name)
        return call(getattr(ours, name)), call(lambda p, **how: peer(p, foreach=True, **how))

    return make


OPTIMIZERS: dict[str, tuple[str, Callable[[torch.device], Pair]]] = {
    f"{name}, {size}": (f"torch.optim.{name}", _steps(name, *shape))
    for name in SETTINGS
    for size, shape in SIZES.items()
}
