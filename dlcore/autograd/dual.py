"""Forward mode: a dual number carries its derivative along while it is computed."""

from typing import Any

import torch
from torch import Tensor

from dlcore.autograd.arithmetic import Arithmetic
from dlcore.autograd.operation import Rule, Self, evaluate, floating


class Dual(Arithmetic):
    r"""A tensor of dual numbers $a + \dot a\,\varepsilon$ with $\varepsilon^2 = 0$.

    Computing with it gives $f(a) + f'(a)\,\dot a\,\varepsilon$: the value and, in the same pass,
    its derivative in the direction of the tangent. Operators and methods have the names of
    `torch.Tensor`; plain tensors and numbers are constants, with tangent zero.

    Args:
        data: the numbers $a$: a tensor of any shape, an array, a list or a number.
        tangent: the direction $\dot a$, of the same shape; default zero, a constant.

    Raises:
        TypeError: `data` or `tangent` is neither real numbers nor convertible to them.
        ValueError: the tangent has another shape than the data.

    Equation: :eq:`eq-dual-number`
    Section: :ref:`sec-computational-graph`
    Source: Griewank and Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, section 3.1.

    Example:
        >>> x = Dual(2.0, tangent=1.0)
        >>> (x**2 + 1) ** 3
        Dual(125.0 + 300.0 ε)

    In production: torch.func.jvp.
    """

    def __init__(self, data: Any, tangent: Any = None):
        self.data: Tensor = floating(data, "Dual")
        direction = 0.0 * self.data if tangent is None else floating(tangent, "Dual's tangent")
        if direction.shape != self.data.shape:
            raise ValueError(
                f"the tangent must have the shape of the data, {tuple(self.data.shape)}, "
                f"got {tuple(direction.shape)}"
            )
        self.tangent: Tensor = direction.to(self.data)

    @classmethod
    def apply(cls, rule: Rule, operands: tuple, tensors: list[Tensor], options: dict) -> Self:
        """Carry out an operation on values and tangents."""
        output, _, jvp = evaluate(rule, tensors, options)
        if jvp is None:
            raise TypeError(
                f"{rule.__name__} has no forward mode: let its rule return (output, vjp, jvp)"
            )
        tangents = [
            operand.tangent if isinstance(operand, Dual) else torch.zeros_like(tensor)
            for operand, tensor in zip(operands, tensors, strict=True)
        ]
        tangent = jvp(*tangents)
        if tangent.shape != output.shape:
            raise ValueError(
                f"the jvp of {rule.__name__} returned a tangent of shape {tuple(tangent.shape)} "
                f"for an output of shape {tuple(output.shape)}"
            )
        dual = cls.__new__(cls)
        dual.data, dual.tangent = output, tangent.to(output.dtype)
        return dual

    def __repr__(self) -> str:
        if self.data.numel() > 8:
            return f"Dual(shape {[*self.shape]})"
        return f"Dual({self.data.tolist()} + {self.tangent.tolist()} ε)"
