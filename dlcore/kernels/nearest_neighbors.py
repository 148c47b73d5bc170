"""Nearest neighbours in one pass over the points: no matrix of distances is ever in memory."""

from typing import Any

import torch
from torch import Tensor

from dlcore.kernels._rows import power_of_2, programs
from dlcore.kernels._triton import jit, tl, triton, wide_type
from dlcore.kernels.choice import MOST_NEIGHBORS  # their list is in registers
from dlcore.kernels.operators import operator, wide

QUERIES, POINTS = 32, 128  # that a program compares at a time
PULLS, FEATURES = 16, 64  # pairs and their features that a program adds up at a time
SMALLEST_PART = 4096  # points that are worth a program of their own


def nearest_neighbors(queries: Tensor, points: Tensor, k: int = 1) -> tuple[Tensor, Tensor]:
    """The k points nearest to each query; with k = 1 the assignment step of k-means.

    Distances are sums of squared differences. The other way to compute them,
    $|q|^2 + |p|^2 - 2 q^T p$, multiplies matrices but loses the digits of small distances.

    Args:
        queries: shape (n, d), floating.
        points: shape (m, d), of the type of queries.
        k: how many, from 1 to 256 and at most m.

    Returns:
        Squared Euclidean distances, ascending, in the type of queries, and the int64 indices of
        the points, both of shape (n, k). Sums are kept in float32 at least; of points at equal
        distances the one with the lower index comes first, and a distance that is NaN comes last,
        as in torch.sort. The distances have gradients by queries and points, the choice has none.

    Raises:
        ValueError: shapes that do not fit, or k out of range.
        TypeError: not floating, or the types differ.

    Equation: :eq:`eq-kernel-nearest-neighbors`.
    Section: :ref:`sec-kernel-nearest-neighbors`.

    Source: Johnson, Douze, Jégou (2017), Billion-scale similarity search with GPUs,
    arXiv:1702.08734, section 5.

    Example:
        >>> points = torch.tensor([[0.0, 0.0], [3.0, 4.0], [1.0, 0.0]])
        >>> nearest_neighbors(points[:1], points, k=2)
        (tensor([[0., 1.]]), tensor([[0, 2]]))

    In production: faiss.knn_gpu, or torch.cdist and torch.topk where the matrix fits.
    """
    for name, x in (("queries", queries), ("points", points)):
        if not x.is_floating_point():
            raise TypeError(f"{name} must be floating, they are {x.dtype}")
        if x.ndim != 2 or x.shape[1] != queries.shape[-1]:
            raise ValueError(
                f"expected queries (n, d) and points (m, d), got {tuple(queries.shape)} and "
                f"{tuple(points.shape)}"
            )
    if queries.dtype != points.dtype:
        raise TypeError(f"queries are {queries.dtype}, points {points.dtype}: expected one type")
    if not 1 <= k <= min(MOST_NEIGHBORS, len(points)):
        raise ValueError(
            f"k must be from 1 to {MOST_NEIGHBORS} and at most {len(points)} points, it is {k}"
        )
    distances, indices = _nearest_neighbors(queries, points, k)
    return distances, indices


# The definition of right


@operator("nearest_neighbors")
def _nearest_neighbors(queries: Tensor, points: Tensor, k: int) -> tuple[Tensor, Tensor]:
    squares = (wide(queries)[:, None] - wide(points)).square().sum(-1)
    distances, indices = squares.sort(dim=-1, stable=True)
    return distances[:, :k].to(queries.dtype).contiguous(), indices[:, :k].contiguous()


@operator("nearest_neighbors_backward")
def _nearest_neighbors_backward(
    grad: Tensor, queries: Tensor, points: Tensor, indices: Tensor
) -> tuple[Tensor, Tensor]:
    away = wide(queries)[:, None] - wide(points)[indices]
    pulls = 2 * wide(grad)[..., None] * away
    found = torch.zeros_like(wide(points)).index_add(0, indices.flatten(), -pulls.flatten(0, 1))
    return pulls.sum(1).to(queries.dtype), found.to(points.dtype)


# The kernels: queries and points are given with features in rows, (d, n) and (d, m)


@jit
def _search_kernel(
    queries,
    points,
    distances,
    indices,
    n,
    m,
    d,
    k,
    parts,
    WIDE: tl.constexpr,
    BITS: tl.constexpr,
    BEYOND: tl.constexpr,
    SLOTS: tl.constexpr,
    QUERIES: tl.constexpr,
    POINTS: tl.constexpr,
):
    """Each program has some queries, one part of the points, and a list of the best k so far.

    Distances are compared as integers: the bits of floats that are not negative have their order,
    with NaN after infinity, and BEYOND after both. In the list nothing is in order; a nearer point
    takes the place of the worst, of equal ones that with the highest index.
    """
    program = tl.program_id(0).to(tl.int64)
    part = program % parts
    row = program // parts * QUERIES + tl.arange(0, QUERIES)[:, None]
    first = part * m // parts
    end = (part + 1) * m // parts
    slot = tl.arange(0, SLOTS)[None, :]
    best = tl.where(slot < k, BEYOND, -1).to(BITS) + tl.zeros((QUERIES, SLOTS), BITS)
    where = slot + tl.zeros((QUERIES, SLOTS), tl.int64)
    worst = tl.max(best, 1, keep_dims=True)
    for start in range(first, end, POINTS):
        column = start + tl.arange(0, POINTS)[None, :]
        squares = tl.zeros((QUERIES, POINTS), WIDE)
        from_q, from_p = queries + row, points + column
        for _ in range(d):
            q = tl.load(from_q, mask=row < n, other=0.0).to(WIDE)
            p = tl.load(from_p, mask=column < end, other=0.0).to(WIDE)
            squares += (q - p) * (q - p)
            from_q += n
            from_p += m
        squares = tl.where(squares == squares, squares, float("nan"))  # one NaN of all
        bits = tl.where(column < end, tl.abs(squares).to(BITS, bitcast=True), BEYOND)
        nearest = tl.min(bits, 1, keep_dims=True)
        while tl.max((nearest < worst).to(tl.int32)) > 0:
            at = tl.min(tl.where(bits == nearest, column, end), 1, keep_dims=True)
            latest = tl.max(tl.where(best == worst, where, -1), 1, keep_dims=True)
            replaced = (best == worst) & (where == latest) & (nearest < worst)
            best = tl.where(replaced, nearest, best)
            where = tl.where(replaced, at, where)
            bits = tl.where(column == at, BEYOND, bits)
            nearest = tl.min(bits, 1, keep_dims=True)
            worst = tl.max(best, 1, keep_dims=True)
    best = tl.where(slot < k, best, BEYOND)
    for rank in range(k):
        nearest = tl.min(best, 1, keep_dims=True)
        at = tl.min(tl.where(best == nearest, where, m), 1, keep_dims=True)
        out = (row * parts + part) * k + rank
        tl.store(distances + out, nearest.to(WIDE, bitcast=True), mask=row < n)
        tl.store(indices + out, at, mask=row < n)
        best = tl.where((best == nearest) & (where == at), BEYOND, best)


@jit
def _pull_kernel(
    x,
    others,
    grad,
    pair,
    partner,
    begins,
    dx,
    d,
    WIDE: tl.constexpr,
    PULLS: tl.constexpr,
    FEATURES: tl.constexpr,
):
    """The gradient by one row of x: twice the sum of grad (x - other) over the pairs it is in."""
    row = tl.program_id(0).to(tl.int64)
    feature = tl.program_id(1) * FEATURES + tl.arange(0, FEATURES)[None, :]
    mine = tl.load(x + row * d + feature, mask=feature < d, other=0.0).to(WIDE)
    total = tl.zeros((PULLS, FEATURES), WIDE)
    end = tl.load(begins + row + 1)
    for start in range(tl.load(begins + row), end, PULLS):
        i = start + tl.arange(0, PULLS)[:, None]
        g = tl.load(grad + tl.load(pair + i, mask=i < end, other=0), mask=i < end, other=0.0)
        other = tl.load(partner + i, mask=i < end, other=0)
        inside = (i < end) & (feature < d)
        theirs = tl.load(others + other * d + feature, mask=inside, other=0.0).to(WIDE)
        total += tl.where(inside, 2 * g.to(WIDE) * (mine - theirs), 0.0)
    value = tl.sum(total, 0, keep_dims=True)
    tl.store(dx + row * d + feature, value, mask=feature < d)


# Allocation and launch


@_nearest_neighbors.triton
def _launch(queries: Tensor, points: Tensor, k: int) -> tuple[Tensor, Tensor]:
    (n, d), m = queries.shape, len(points)
    queried = triton.cdiv(n, QUERIES)
    parts = max(min(programs(queries) // max(queried, 1), m // max(k, SMALLEST_PART)), 1)
    is_double = queries.dtype == torch.float64
    sums = torch.float64 if is_double else torch.float32
    distances = torch.empty((n, parts * k), dtype=sums, device=queries.device)
    indices = torch.empty((n, parts * k), dtype=torch.int64, device=queries.device)
    _search_kernel[(queried * parts,)](
        queries.T.contiguous(), points.T.contiguous(), distances, indices, n, m, d, k, parts,
        wide_type(queries), tl.int64 if is_double else tl.int32,
        torch.iinfo(torch.int64 if is_double else torch.int32).max,
        power_of_2(k), QUERIES, POINTS,
    )  # fmt: skip
    if parts > 1:  # parts and their lists are in order, so equal distances stay in that of indices
        distances, order = distances.sort(dim=-1, stable=True)
        indices = indices.gather(1, order)
    return (
        distances[:, :k].to(queries.dtype).contiguous(),
        indices[:, :k].contiguous(),
    )


@_nearest_neighbors_backward.triton
def _launch_backward(
    grad: Tensor, queries: Tensor, points: Tensor, indices: Tensor
) -> tuple[Tensor, Tensor]:
    (n, d), m, k = queries.shape, len(points), indices.shape[1]
    queries, points, grad, chosen = (x.contiguous() for x in (queries, points, grad, indices))
    pairs = torch.arange(n * k, device=grad.device)
    by_point, order = chosen.flatten().sort(stable=True)
    begins = torch.searchsorted(by_point, torch.arange(m + 1, device=grad.device))
    dq, dp = torch.empty_like(queries), torch.empty_like(points)
    across = triton.cdiv(d, FEATURES)
    _pull_kernel[(n, across)](
        queries, points, grad, pairs, chosen, torch.arange(n + 1, device=grad.device) * k, dq, d,
        wide_type(queries), PULLS, FEATURES,
    )  # fmt: skip
    _pull_kernel[(m, across)](
        points, queries, grad, order, order // k, begins, dp, d,
        wide_type(queries), PULLS, FEATURES,
    )  # fmt: skip
    return dq, dp


# Registration


@_nearest_neighbors.fake
def _of_each_query(queries: Tensor, points: Tensor, k: int) -> tuple[Tensor, Tensor]:
    shape = (queries.shape[0], k)
    return queries.new_empty(shape), queries.new_empty(shape, dtype=torch.int64)


@_nearest_neighbors_backward.fake
def _like_both(
    grad: Tensor, queries: Tensor, points: Tensor, indices: Tensor
) -> tuple[Tensor, Tensor]:
    return queries.new_empty(queries.shape), points.new_empty(points.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    ctx.save_for_backward(inputs[0], inputs[1], output[1])


def _gradients(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor, Tensor, None]:
    dq, dp = _nearest_neighbors_backward(grad, *ctx.saved_tensors)
    return dq, dp, None


_nearest_neighbors.autograd(_keep, _gradients)
_nearest_neighbors.autocast(torch.float32)
