"""Trees grown level by level: all nodes of a level, of all trees, in the same tensor operations.

Each feature is sorted once. From then on a level keeps, for each feature, the examples of its nodes
one node after the other and in order within a node. Cumulative sums along these rows are what any
threshold would send to the left; a split only has to part the rows without disturbing the order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

import torch
from torch import Tensor

from dlcore.classical.impurity import TIE, midway

NEGLIGIBLE = 1e-14


@dataclass(frozen=True, eq=False)
class Tree:
    """The nodes of one or several trees, the roots first; a leaf is its own child.

    Attributes:
        roots: the first node of each tree, shape (t,).
        feature: the column that a node asks about, -1 in a leaf, shape (nodes,).
        threshold: examples with a value up to it go left, shape (nodes,).
        left: the child for the answer yes, shape (nodes,).
        right: the child for the answer no, shape (nodes,).
        value: the mean target of the node's examples, shape (nodes, c).
        impurity: how much the targets differ, shape (nodes,).
        weight: the total weight of the node's examples, shape (nodes,).
        count: how many they are, shape (nodes,).
        gain: the weight times the decrease of impurity that the question brings, shape (nodes,).
    """

    roots: Tensor
    feature: Tensor
    threshold: Tensor
    left: Tensor
    right: Tensor
    value: Tensor
    impurity: Tensor
    weight: Tensor
    count: Tensor
    gain: Tensor

    def to(self, device: torch.device) -> "Tree":
        """The same tree on another device."""
        return Tree(*(getattr(self, part.name).to(device) for part in fields(self)))

    def with_values(self, value: Tensor) -> "Tree":
        """The same questions with other answers."""
        return replace(self, value=value)

    def levels(self) -> Iterator[Tensor]:
        """The nodes of each depth, from the roots down."""
        nodes = self.roots
        while len(nodes):
            yield nodes
            inner = nodes[self.feature[nodes] >= 0]
            nodes = torch.cat([self.left[inner], self.right[inner]])

    @property
    def depth(self) -> int:
        """The number of questions on the longest way."""
        return sum(1 for _ in self.levels()) - 1

    @property
    def n_leaves(self) -> int:
        """The number of leaves that can be reached from the roots."""
        return sum(int((self.feature[nodes] < 0).sum()) for nodes in self.levels())

    def apply(self, X: Tensor, roots: Tensor | None = None) -> Tensor:
        """The leaf that each example ends in, in each tree or in those given, shape (t, n)."""
        n, d = X.shape
        x = X.contiguous().view(-1)
        node = (self.roots if roots is None else roots).repeat_interleave(n)
        travelling = torch.arange(len(node), device=X.device)
        here, example = node, travelling % n
        while True:
            feature = self.feature[here]
            inner = (feature >= 0).nonzero()[:, 0]
            if not len(inner):
                return node.view(-1, n)
            here, feature = here[inner], feature[inner]
            travelling, example = travelling[inner], example[inner]
            yes = x[example * d + feature] <= self.threshold[here]
            here = torch.where(yes, self.left[here], self.right[here])
            node[travelling] = here

    def importances(self, d: int) -> Tensor:
        """The decrease of impurity by each feature's questions, for each tree, shape (t, d)."""
        owner = torch.full_like(self.feature, -1)
        owner[self.roots] = torch.arange(len(self.roots), device=owner.device)
        for nodes in self.levels():
            inner = nodes[self.feature[nodes] >= 0]
            owner[self.left[inner]] = owner[self.right[inner]] = owner[inner]
        inner = ((self.feature >= 0) & (owner >= 0)).nonzero()[:, 0]
        total = self.gain.new_zeros(len(self.roots) * d)
        return total.index_add(0, owner[inner] * d + self.feature[inner], self.gain[inner]).view(
            -1, d
        )


def shares(importances: Tensor) -> Tensor:
    """Each row scaled to the sum 1, or left at 0."""
    total = importances.sum(1, keepdim=True)
    return importances / torch.where(total > 0, total, 1)


@dataclass(frozen=True)
class Limits:
    """Where growing stops."""

    max_depth: int | None = None
    min_samples_split: int = 2
    min_samples_leaf: int = 1
    min_impurity_decrease: float = 0.0
    max_features: int | None = None

    def open(self, impurity: Tensor, count: Tensor, pure: float, depth: int) -> Tensor:
        """Which nodes may be split."""
        smallest = max(self.min_samples_split, 2 * self.min_samples_leaf)
        deep = self.max_depth is not None and depth >= self.max_depth
        return (impurity > pure) & (count >= smallest) & (not deep)


class Presorted:
    """Examples sorted by each feature, once for all trees that are grown on them."""

    def __init__(self, X: Tensor) -> None:
        self.columns = X.T.contiguous()
        self.order = self.columns.argsort(dim=1, stable=True)

    def rows(self, weight: Tensor) -> Tensor:
        """The positions t n + i of the examples with a weight, tree after tree, (d, m)."""
        d, n = self.order.shape
        if bool((weight > 0).all()) and len(weight) == 1:
            return self.order
        order = [
            self.order.masked_select(present[self.order]).view(d, -1) + t * n
            for t, present in enumerate(weight > 0)
        ]
        return torch.cat(order, 1)


@dataclass(eq=False)
class _Level:
    """The nodes that may be split: (d, m) rows, in which the nodes stand one after the other."""

    order: Tensor
    ids: Tensor
    count: Tensor
    weight: Tensor
    impurity: Tensor
    mean: Tensor
    total: Tensor
    node: Tensor = field(init=False)
    place: Tensor = field(init=False)
    start: Tensor = field(init=False)

    def __post_init__(self) -> None:
        k, m = len(self.ids), self.order.shape[1]
        device = self.ids.device
        self.node = torch.arange(k, device=device).repeat_interleave(self.count, output_size=m)
        self.place = torch.arange(m, device=device)
        self.start = self.count.cumsum(0) - self.count


class Growth:
    """Grows t trees together.

    Args:
        data: the n examples.
        y: targets of each tree, float64, shape (t, n, c); indicators for labels.
        weight: weights of the examples in each tree, float64, shape (t, n); 0 leaves one out.
        limits: where to stop.
        entropy: whether impurity is the entropy of the mean target instead of the variance.
        generator: draws the features of each node if `limits.max_features` says so.
    """

    def __init__(
        self,
        data: Presorted,
        y: Tensor,
        weight: Tensor,
        limits: Limits,
        *,
        entropy: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        self.limits, self.entropy, self.generator = limits, entropy, generator
        self.y, self.w = y.flatten(0, 1), weight.flatten()
        self.unweighted = bool(((self.w == 0) | (self.w == 1)).all())
        self.moment = torch.zeros_like(self.y.T, memory_format=torch.contiguous_format)
        self.leaf = torch.full_like(self.w, -1, dtype=torch.long)
        self.side = torch.full_like(self.w, 2, dtype=torch.uint8)
        self.nodes: list[tuple[Tensor, ...]] = []
        self.splits: list[tuple[Tensor, ...]] = []
        self.size = 0
        t, n = weight.shape
        order = data.rows(weight)
        self.columns = data.columns.repeat(1, t)
        rows = order[0]
        trees = rows // n
        mean, impurity, total, count = self._add(rows, trees, t)
        self.pure = float((NEGLIGIBLE * self.y.abs().max()) ** 2)
        alive = limits.open(impurity, count, self.pure, 0)
        if not alive.all():
            order = order[:, alive[trees]]
        level = _Level(
            order, alive.nonzero()[:, 0], count[alive], total[alive], impurity[alive],
            mean[alive], total[alive],
        )  # fmt: skip
        depth = 0
        while len(level.ids):
            depth += 1
            level = self._split(level, depth)

    def tree(self) -> Tree:
        """What has grown."""
        value, impurity, weight, count = (
            torch.cat(parts) for parts in zip(*self.nodes, strict=True)
        )
        ids = torch.arange(self.size, device=value.device)
        left, right = ids.clone(), ids.clone()
        feature = torch.full_like(ids, -1)
        threshold, gain = torch.zeros_like(impurity), torch.zeros_like(impurity)
        for parent, f, t, g, yes, no in self.splits:
            feature[parent], threshold[parent], gain[parent] = f, t.to(threshold), g
            left[parent], right[parent] = yes, no
        roots = ids[: len(self.nodes[0][0])]
        return Tree(roots, feature, threshold, left, right, value, impurity, weight, count, gain)

    def _add(self, rows: Tensor, node: Tensor, k: int) -> tuple[Tensor, ...]:
        """New nodes: their means and impurities, and what their examples add to moving sums."""
        w, y = self.w[rows], self.y[rows]
        total = w.new_zeros(k).index_add(0, node, w)
        count = torch.bincount(node, minlength=k)
        mean = y.new_zeros(k, y.shape[1]).index_add(0, node, w[:, None] * y) / total[:, None]
        if self.entropy:
            impurity = torch.special.entr(mean).sum(1)
            self.moment[:, rows] = (w[:, None] * y).T
        else:
            rest = y - mean[node]
            spread = w * rest.square().sum(1)
            impurity = w.new_zeros(k).index_add(0, node, spread) / total
            self.moment[:, rows] = (w[:, None] * rest).T
        self.leaf[rows] = self.size + node
        self.nodes.append((mean, impurity, total, count))
        self.size += k
        return mean, impurity, total, count

    def _split(self, level: _Level, depth: int) -> _Level:
        node, place, m = level.node, level.place, level.order.shape[1]
        features = self._features(level)
        order = level.order
        if features is None:
            values = self.columns.gather(1, order)
        else:
            order = order.take(features[:, node] * m + place)
            values = self.columns.take(features[:, node] * self.columns.shape[1] + order)
        gain = self._gains(level, order)
        before = place + 1 - level.start[node]
        least = self.limits.min_samples_leaf
        allowed = (before >= least) & (level.count[node] - before >= max(1, least))
        allowed = allowed[:-1] & (values[:, 1:] > values[:, :-1])
        gain = torch.where(allowed, gain[:, :-1], -torch.inf)
        best, row, cut = _first_best(gain, node[:-1], TIE * level.weight * level.impurity)
        feature = row if features is None else features.gather(0, row[None])[0]
        worth = best >= self.limits.min_impurity_decrease * level.total
        done = (worth & (best > -torch.inf)).nonzero()[:, 0]
        low, high = (values[row[done], cut[done] + i] for i in (0, 1))
        yes = len(done)
        child = torch.full_like(level.ids, -1)
        child[done] = torch.arange(yes, device=done.device)
        rows = level.order.take(feature[node] * m + place)
        self.side[rows] = 2
        kept = (child[node] >= 0).nonzero()[:, 0]
        rows, child = rows[kept], child[node[kept]] + yes * (kept > cut[node[kept]])
        first = self.size
        mean, impurity, weight, count = self._add(rows, child, 2 * yes)
        ids = first + torch.arange(2 * yes, device=done.device)
        gain = best[done].clamp(min=0)
        self.splits.append(
            (level.ids[done], feature[done], midway(low, high), gain, ids[:yes], ids[yes:])
        )
        alive = self.limits.open(impurity, count, self.pure, depth)
        self.side[rows] = torch.where(alive[child], child >= yes, 2).to(torch.uint8)
        total = level.total[done].repeat(2)
        return _Level(
            self._parted(level.order), ids[alive], count[alive], weight[alive],
            impurity[alive], mean[alive], total[alive],
        )  # fmt: skip

    def _parted(self, order: Tensor) -> Tensor:
        """The rows of the next level: all left children, then all right children."""
        side = self.side.take(order)
        parts = [order.masked_select(side == which) for which in (0, 1)]
        return torch.cat([part.view(len(order), part.numel() // len(order)) for part in parts], 1)

    def _features(self, level: _Level) -> Tensor | None:
        """Features drawn for each node among those that are not constant in it, shape (f, k)."""
        d, k, f = len(level.order), len(level.ids), self.limits.max_features
        if f is None or f >= d:
            return None
        last = level.start + level.count - 1
        ends = (self.columns.gather(1, level.order[:, at]) for at in (level.start, last))
        constant = torch.eq(*ends)
        device = self.generator.device if self.generator else None
        lot = torch.rand(d, k, generator=self.generator, device=device).to(constant.device)
        return (lot + constant).topk(f, dim=0, largest=False).indices.sort(dim=0).values

    def _gains(self, level: _Level, order: Tensor) -> Tensor:
        """The decrease of impurity, times weight, by a cut after each place, shape (f, m)."""
        node = level.node
        if self.unweighted:
            left = (level.place + 1 - level.start[node]).double()
        else:
            left = self.w.take(order).cumsum(1) - (level.weight.cumsum(0) - level.weight)[node]
        right = level.weight[node] - left
        if not self.entropy:
            score = sum(part.take(order).cumsum(1).square_() for part in self.moment)
            return score * (1 / left + 1 / right)
        score = (level.weight * level.impurity)[node]
        for part, mean in zip(self.moment, level.mean.T, strict=True):
            sums = level.weight * mean
            a = (part.take(order).cumsum(1) - (sums.cumsum(0) - sums)[node]).clamp(min=0)
            b = (sums[node] - a).clamp(min=0)
            score = score + torch.xlogy(a, a / left) + torch.xlogy(b, b / right)
        return score


def _first_best(gain: Tensor, node: Tensor, slack: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The best gain of each node, and the first row and place where it is reached to rounding."""
    k, (f, m) = len(slack), gain.shape
    best = gain.new_full((k,), -torch.inf).scatter_reduce(0, node, gain.amax(0), "amax")
    least = torch.where(best > -torch.inf, best - slack, torch.inf)
    row, place = (gain >= least[node]).nonzero(as_tuple=True)
    first = torch.full((k,), f * m, device=gain.device)
    first = first.scatter_reduce(0, node[place], row * m + place, "amin")
    first = torch.where(first < f * m, first, 0)
    return best, first // m, first % m


def join(trees: list[Tree]) -> Tree:
    """Several trees as one collection of nodes."""
    sizes = torch.tensor([0] + [len(tree.feature) for tree in trees]).cumsum(0).tolist()
    moved = {
        name: torch.cat([getattr(t, name) + first for t, first in zip(trees, sizes, strict=False)])
        for name in ("roots", "left", "right")
    }
    rest = [part.name for part in fields(Tree) if part.name not in moved]
    return Tree(**moved, **{name: torch.cat([getattr(t, name) for t in trees]) for name in rest})
