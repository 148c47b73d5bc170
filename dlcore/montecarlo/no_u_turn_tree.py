"""One leapfrog step of the No-U-Turn sampler for all chains, each at its place in its own tree."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from dlcore.montecarlo.chains import LogProb

_MAX_ENERGY_ERROR = 1000.0
Density = Callable[[Tensor], tuple[Tensor, Tensor]]


class Tree(NamedTuple):
    """The trajectories under way, one a chain. A point is position, gradient and momentum."""

    here: Tensor
    """The moving end, (3, chains, d)."""
    left: Tensor
    right: Tensor
    """The two ends of the finished part."""
    chosen: Tensor
    """Position and gradient drawn from the finished part, (2, chains, d)."""
    chosen_value: Tensor
    log_weight: Tensor
    momentum_sum: Tensor
    new: Tensor
    """The same four of the part that is being added."""
    new_value: Tensor
    new_log_weight: Tensor
    new_momentum_sum: Tensor
    corner: Tensor
    """Momenta at the beginnings of unfinished subtrees, (chains, levels, d)."""
    corner_sum: Tensor
    """Sums of momenta up to there."""
    energy: Tensor
    """At the beginning of the trajectory."""
    step: Tensor
    """Step size, negative to the left, (chains, 1)."""
    leaf: Tensor
    """Steps in the part that is being added."""
    size: Tensor
    """Steps that complete it: 2^depth."""
    depth: Tensor
    leapfrogs: Tensor
    acceptance: Tensor
    """Summed over the steps."""


class Finished(NamedTuple):
    """Which chains finished a trajectory in this step, and with what."""

    mask: Tensor
    position: Tensor
    value: Tensor
    depth: Tensor
    leapfrogs: Tensor
    acceptance: Tensor
    divergent: Tensor


def corner_tables(max_depth: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """For each leaf the level to write its corner at, and which levels end with it.

    Leaf n (from 0) of a perfect binary tree begins subtrees if it is even; one corner is kept for
    each bit of n that is 1. If it is odd it ends one subtree for each 1 at the end of its bits.
    """
    leaves = torch.arange(2 ** max(max_depth - 1, 0))
    levels = max(max_depth - 1, 1)
    level = sum(((leaves >> 1 + i) & 1 for i in range(max_depth)), torch.zeros_like(leaves))
    ending = sum(((leaves + 1) % 2**i == 0 for i in range(1, max_depth)), torch.zeros_like(leaves))
    index = torch.arange(levels)
    ends = (index <= level[:, None]) & (index > (level - ending)[:, None])
    writes = (index == level[:, None]) & (leaves % 2 == 0)[:, None]
    return writes.to(device), ends.to(device)


def unit_mass_density(log_prob: LogProb, scale: Tensor) -> Density:
    """The log density and its gradient in coordinates q, where x = S q."""
    dense = scale.ndim == 2

    def evaluate(q: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            q = q.detach().requires_grad_()
            value = log_prob(q @ scale.mT if dense else q * scale)
            return value.detach(), torch.autograd.grad(value.sum(), q)[0]

    return evaluate


def turns(total: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """Whether going on from either end would shorten the way between the ends."""
    way = total - (first + last) / 2
    return ((way * first).sum(-1) <= 0) | ((way * last).sum(-1) <= 0)


def plant(
    q: Tensor, value: Tensor, gradient: Tensor, momentum: Tensor, step: Tensor, levels: int
) -> Tree:
    """Trees of one state each, about to take their first step."""
    chains, d = q.shape
    point = torch.stack([q, gradient, momentum])
    zero, count = torch.zeros_like(value), torch.zeros(chains, dtype=torch.int64, device=q.device)
    corners = q.new_zeros(chains, levels, d)
    tree = Tree(
        here=point, left=point, right=point,
        chosen=point[:2], chosen_value=value, log_weight=zero, momentum_sum=momentum,
        new=point[:2], new_value=value, new_log_weight=zero - torch.inf,
        new_momentum_sum=torch.zeros_like(momentum), corner=corners, corner_sum=corners,
        energy=0.5 * (momentum**2).sum(-1) - value, step=step,
        leaf=count, size=count + 1, depth=count, leapfrogs=count, acceptance=zero,
    )  # fmt: skip
    return Tree(*(part.clone(memory_format=torch.contiguous_format) for part in tree))


def grow(
    density: Density,
    tree: Tree,
    step_size: Tensor,
    z: Tensor,
    u: Tensor,
    tables: tuple[Tensor, Tensor],
) -> tuple[Tree, Finished]:
    """Take one step in every chain; where that ends a trajectory, begin the next one.

    Args:
        density: in coordinates of unit mass.
        tree: the state of all chains.
        step_size: of trajectories that begin now, 0-dimensional.
        z: momenta for these, (chains, d) standard normal.
        u: uniform numbers (3, chains): keep the new leaf, keep the new part, direction.
        tables: of `corner_tables`.
    """
    q, gradient, p = tree.here
    p = p + tree.step / 2 * gradient
    q = q + tree.step * p
    value, gradient = density(q)
    p = p + tree.step / 2 * gradient
    here = torch.stack([q, gradient, p])

    log_weight = value - 0.5 * (p * p).sum(-1) + tree.energy
    divergent = ~(log_weight > -_MAX_ENERGY_ERROR)
    log_weight = torch.where(divergent, -torch.inf, log_weight)
    acceptance = tree.acceptance + log_weight.clamp(max=0).exp()
    leapfrogs = tree.leapfrogs + 1

    log_u = u[:2].log()
    new_log_weight = torch.logaddexp(tree.new_log_weight, log_weight)
    keep = log_u[0] < log_weight - new_log_weight
    new = torch.where(keep[:, None], here[:2], tree.new)
    new_value = torch.where(keep, value, tree.new_value)
    new_sum = tree.new_momentum_sum + p

    writes, ends = (table[tree.leaf, :, None] for table in tables)
    begun, ended = p[:, None], new_sum[:, None]
    corner = torch.where(writes, begun, tree.corner)
    corner_sum = torch.where(writes, ended - begun, tree.corner_sum)
    turned = (turns(ended - corner_sum, corner, begun) & ends[..., 0]).any(1)

    leaf = tree.leaf + 1
    stop = turned | divergent
    merge = ~stop & (leaf == tree.size)
    take = merge & (log_u[1] < new_log_weight - tree.log_weight)
    chosen = torch.where(take[:, None], new, tree.chosen)
    chosen_value = torch.where(take, new_value, tree.chosen_value)
    total_weight = torch.logaddexp(tree.log_weight, torch.where(merge, new_log_weight, -torch.inf))
    total_sum = tree.momentum_sum + merge[:, None] * new_sum
    forward = tree.step[:, 0] > 0
    left = torch.where((merge & ~forward)[:, None], here, tree.left)
    right = torch.where((merge & forward)[:, None], here, tree.right)
    depth, size = tree.depth + merge, tree.size * (1 + merge.long())

    whole = turns(total_sum, left[2], right[2]) | (size > len(tables[0]))
    done = stop | (merge & whole)
    finished = Finished(done, chosen[0], chosen_value, depth, leapfrogs, acceptance, divergent)

    first = torch.cat([chosen, z[None]])
    begin, again = done[:, None], (done | merge)
    forward = torch.where(again, u[2] < 0.5, forward)
    left, right = torch.where(begin, first, left), torch.where(begin, first, right)
    step = torch.where(begin, step_size, tree.step.abs())
    new_log_weight = torch.where(again, -torch.inf, new_log_weight)
    return Tree(
        here=torch.where(again[:, None], torch.where(forward[:, None], right, left), here),
        left=left, right=right,
        chosen=chosen, chosen_value=chosen_value,
        log_weight=torch.where(done, 0.0, total_weight),
        momentum_sum=torch.where(begin, z, total_sum),
        new=new, new_value=new_value, new_log_weight=new_log_weight,
        new_momentum_sum=torch.where(again[:, None], 0.0, new_sum),
        corner=corner, corner_sum=corner_sum,
        energy=torch.where(done, 0.5 * (z * z).sum(-1) - chosen_value, tree.energy),
        step=torch.where(forward[:, None], step, -step),
        leaf=torch.where(again, 0, leaf), size=torch.where(done, 1, size),
        depth=torch.where(done, 0, depth),
        leapfrogs=torch.where(done, 0, leapfrogs), acceptance=torch.where(done, 0.0, acceptance),
    ), finished  # fmt: skip
