"""Reverse mode: a value that remembers how it was computed, and asks back along that way."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from dlcore.autograd.arithmetic import Arithmetic
from dlcore.autograd.operation import Rule, Self, evaluate, floating, warn_of_nan


class Step(NamedTuple):
    """How a value was computed: operation, operands, and the way back.

    `operands` holds a `Value` for what is differentiated and a tensor for a constant; `versions`
    counts the in-place changes of every tensor at that moment.
    """

    operation: str
    operands: tuple
    options: dict
    vjp: Callable
    versions: tuple[tuple[Tensor, int], ...]


class Value(Arithmetic):
    """A tensor that records the operations made with it, for gradients by reverse mode.

    Torch's own automatic differentiation takes no part. Values, tensors and numbers mix freely;
    tensors and numbers are constants. Operators and methods have the names of `torch.Tensor`.

    Args:
        data: a tensor of any shape, an array, a list or a number; copied. Python integers become
            floats, integer tensors are refused.
        name: shown in drawings of the graph.

    Attributes:
        data: the numbers, a tensor without gradient.
        grad: after `backward`, the gradient of its result with respect to this value, else None.
            Gradients of several `backward` calls add up, until `zero_grad`.
        step: how it was computed, None for a value made by hand.

    Raises:
        TypeError: `data` is neither real numbers nor convertible to them.

    Equation: :eq:`eq-multivariable-chain-rule`
    Section: :ref:`sec-computational-graph`
    Source: Rumelhart, Hinton and Williams, Nature 323 (1986) 533; Griewank and Walther,
        Evaluating Derivatives, 2nd ed., SIAM 2008, chapter 3.

    Example:
        >>> x, y = Value(2.0), Value(3.0)
        >>> f = (x**2 + y**2) ** 2
        >>> f.backward()
        >>> x.grad, y.grad
        (tensor(104.), tensor(156.))

    In production: a torch.Tensor with requires_grad=True.
    """

    def __init__(self, data: Any, name: str = ""):
        self.data: Tensor = floating(data, "Value").clone()
        self.grad: Tensor | None = None
        self.name = name
        self.step: Step | None = None

    @classmethod
    def apply(cls, rule: Rule, operands: tuple, tensors: list[Tensor], options: dict) -> Self:
        """Carry out an operation and record it."""
        output, vjp, _ = evaluate(rule, tensors, options)
        value = cls.__new__(cls)
        value.data, value.grad, value.name = output, None, ""
        recorded = tuple(
            operand if isinstance(operand, Value) else tensor
            for operand, tensor in zip(operands, tensors, strict=True)
        )
        versions = tuple((t, t._version) for t in (output, *tensors))
        value.step = Step(rule.__name__, recorded, options, vjp, versions)
        return value

    @property
    def parents(self) -> list["Value"]:
        """The values it was computed from, constants left out."""
        operands = self.step.operands if self.step else ()
        return [operand for operand in operands if isinstance(operand, Value)]

    def topological_order(self) -> list["Value"]:
        """All values that this one was computed from, operands before results, itself last."""
        order: list[Value] = []
        seen: set[int] = set()
        stack = [(self, False)]
        while stack:
            node, parents_done = stack.pop()
            if parents_done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        return order

    def backward(self, gradient: Any = None) -> None:
        """Add to the `grad` of every value in the graph the gradient of this one.

        Args:
            gradient: where to start, of this value's shape; 1 for a single number.

        Raises:
            ValueError: no gradient given for a value of several numbers, or of another shape.
            RuntimeError: numbers in the graph were changed in place since they were used.
        """
        gradients = {id(self): self._starting_gradient(gradient)}
        for node in reversed(self.topological_order()):
            g = gradients.pop(id(node), None)
            if g is None:
                continue
            node.grad = g.clone() if node.grad is None else node.grad + g
            for parent, from_parent in node._pull_back(g):
                so_far = gradients.get(id(parent))
                gradients[id(parent)] = from_parent if so_far is None else so_far + from_parent

    def _starting_gradient(self, gradient: Any) -> Tensor:
        if gradient is None:
            if self.data.numel() != 1:
                raise ValueError(
                    "backward() starts from a single number, this value has shape "
                    f"{tuple(self.shape)}: reduce it with sum() or mean(), or pass its gradient"
                )
            return torch.ones_like(self.data)
        start = torch.as_tensor(gradient, dtype=self.dtype, device=self.device).detach()
        if start.shape != self.shape:
            raise ValueError(
                f"the gradient must have the value's shape {tuple(self.shape)}, "
                f"got {tuple(start.shape)}"
            )
        return start

    def _pull_back(self, g: Tensor) -> list[tuple["Value", Tensor]]:
        """The parents, each with what the gradient `g` of this value gives to it."""
        if self.step is None:
            return []
        name, operands = self.step.operation, self.step.operands
        if any(tensor._version != version for tensor, version in self.step.versions):
            raise RuntimeError(
                f"numbers that {name} used were changed in place before backward(): "
                "the gradient would be wrong. Change data only after backward()"
            )
        parts = self.step.vjp(g)
        parts = (parts,) if isinstance(parts, Tensor) or parts is None else tuple(parts)
        if len(parts) != len(operands):
            raise ValueError(
                f"the vjp of {name} returned {len(parts)} gradients for {len(operands)} operands"
            )
        pairs = []
        for position, (operand, part) in enumerate(zip(operands, parts, strict=True)):
            if isinstance(operand, Value) and part is not None:
                if part.shape != operand.shape:
                    raise ValueError(
                        f"the vjp of {name} returned a gradient of shape {tuple(part.shape)} "
                        f"for operand {position} of shape {tuple(operand.shape)}"
                    )
                warn_of_nan(f"the gradient through {name} is NaN", part, [g])
                pairs.append((operand, part.to(operand.dtype)))
        return pairs

    def zero_grad(self) -> None:
        """Forget the gradient, so that the next `backward` starts afresh."""
        self.grad = None

    def __repr__(self) -> str:
        parts = [str(self.data.tolist() if self.data.numel() <= 8 else f"shape {[*self.shape]}")]
        parts += [f"name={self.name!r}"] if self.name else []
        parts += [f"by {self.step.operation}"] if self.step else []
        return f"Value({', '.join(parts)})"
