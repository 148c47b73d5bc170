"""Coordinate ascent on a table: each block of variables in turn, the others averaged out."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class CoordinateAscent(NamedTuple):
    """Independent blocks fitted to a joint distribution of discrete variables.

    Attributes:
        factors: the distribution of each block, one axis for each of its variables.
        blocks: the axes of the table that each block holds.
        elbos: the bound before the first update and after that of each block; they never fall.
        log_evidence: the log of the table's sum, which bounds all of them.
        converged: whether the last round gained no more than the tolerance.

    Equation: :eq:`eq-cavi`.
    Section: :ref:`sec-coordinate-ascent`.

    Example:
        >>> fit = cavi(torch.zeros(2, 3))
        >>> [tuple(q.shape) for q in fit.factors]
        [(2,), (3,)]

    In production: the guides of Pyro and NumPyro.
    """

    factors: list[Tensor]
    blocks: list[list[int]]
    elbos: list[float]
    log_evidence: float
    converged: bool

    @property
    def gap(self) -> float:
        """The divergence from the posterior that is left, in nats."""
        return self.log_evidence - self.elbos[-1]

    @property
    def joint(self) -> Tensor:
        """The product of the blocks, with the axes of the table."""
        product = self.factors[0].new_ones(())
        for q in self.factors:
            product = torch.tensordot(product, q, dims=0)
        axes = [axis for block in self.blocks for axis in block]
        return product.permute(*[axes.index(i) for i in range(len(axes))])


def cavi(
    log_joint: Float[Tensor, "*states"],
    *,
    blocks: Sequence[Sequence[int]] | None = None,
    start: Sequence[Tensor] | None = None,
    steps: int = 200,
    tol: float = 1e-10,
    generator: torch.Generator | None = None,
) -> CoordinateAscent:
    r"""Fit $q = \prod_c q_c(z_c)$ to a posterior by $q_c \propto \exp\mathbb E_{-c} \log p(z, x)$.

    Args:
        log_joint: $\log p(z, x)$ at the observed x, one axis for each variable; minus infinity
            for what is impossible.
        blocks: the axes that stay dependent, each axis in one block; by default each alone, which
            is mean field.
        start: a distribution for each block; by default uniform, which may be a saddle.
        steps: the most rounds over all blocks.
        tol: rounds end when the bound gains no more.
        generator: if given and there is no start, it is drawn at random.

    Returns:
        The blocks and the bounds. It ends in a stationary point near the start.

    Raises:
        ValueError: NaN in the table, blocks that overlap or leave an axis out, a start of another
            shape, no step, or a start under which each state of a block is impossible.

    Equations: :eq:`eq-cavi`, :eq:`eq-block-family`.
    Section: :ref:`sec-coordinate-ascent`.

    Source: Blei, Kucukelbir, McAuliffe (2017), Variational inference: a review for statisticians,
        arXiv:1601.00670; Bishop (2006), section 10.1.1.

    Example:
        >>> table = torch.tensor([[0.4, 0.1], [0.1, 0.4]])
        >>> fit = cavi(table.log(), start=[torch.tensor([0.9, 0.1]), torch.tensor([0.5, 0.5])])
        >>> round(fit.gap, 3), round(cavi(table.log(), blocks=[[0, 1]]).gap, 3)
        (0.223, 0.0)

    In production: `dlcore.graphical.mean_field` for many factors; Pyro, NumPyro beyond tables.
    """
    if steps < 1 or not log_joint.ndim or bool(log_joint.isnan().any()):
        raise ValueError(
            f"cavi needs steps >= 1 and a table without NaN, got {steps} and shape "
            f"{tuple(log_joint.shape)}"
        )
    groups = [list(b) for b in blocks] if blocks else [[i] for i in range(log_joint.ndim)]
    axes = [i for block in groups for i in block]
    if sorted(axes) != list(range(log_joint.ndim)) or not all(groups):
        raise ValueError(f"expected blocks of 0..{log_joint.ndim - 1}, each once, got {blocks}")
    shapes = [[log_joint.shape[i] for i in block] for block in groups]
    table = log_joint.permute(axes).reshape([torch.Size(s).numel() for s in shapes])
    impossible = table == -torch.inf
    finite, ruled_out = table.masked_fill(impossible, 0), impossible.to(table)
    if start is None:
        zeros = [table.new_zeros(k) for k in table.shape]
        if generator is not None:
            at = generator.device
            zeros = [torch.randn(len(z), generator=generator, device=at).to(z) for z in zeros]
        q = [z.softmax(0) for z in zeros]
    else:
        if [list(p.shape) for p in start] != shapes:
            raise ValueError(f"expected a start of shapes {shapes}")
        q = [p.to(table).reshape(-1) for p in start]

    def expected(but: int | None) -> Tensor:
        """The mean of the table over all blocks but one, minus infinity where q meets one."""
        total, outlawed = finite, ruled_out
        for axis in reversed(range(table.ndim)):
            if axis != but:
                total = torch.tensordot(total, q[axis], dims=([axis], [0]))
                outlawed = torch.tensordot(outlawed, q[axis], dims=([axis], [0]))
        return total.masked_fill(outlawed > 0, -torch.inf)

    def bound() -> float:
        return float(expected(None) + sum(torch.special.entr(p).sum() for p in q))

    elbos, converged = [bound()], False
    for _ in range(steps):
        before = elbos[-1]
        for block in range(table.ndim):
            scores = expected(block)
            if not bool((scores > -torch.inf).any()):
                raise ValueError(
                    f"each state of block {groups[block]} is impossible together with some state "
                    "that the start allows: give a start, or put the axes into one block"
                )
            q[block] = scores.softmax(0)
            elbos.append(bound())
        converged = elbos[-1] - before <= tol
        if converged:
            break
    factors = [p.reshape(s) for p, s in zip(q, shapes, strict=True)]
    return CoordinateAscent(factors, groups, elbos, float(table.flatten().logsumexp(0)), converged)
