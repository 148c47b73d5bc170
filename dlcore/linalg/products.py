"""The matrix product in three ways, what it costs, and the order that costs least."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_matrix, require_one_matrix


def matmul_naive(A: Float[Tensor, "m k"], B: Float[Tensor, "k n"]) -> Float[Tensor, "m n"]:
    r"""The matrix product by its definition, entry by entry.

    Three nested loops of Python: to be read, not to be run on large matrices.

    Args:
        A: left factor, shape (m, k).
        B: right factor, shape (k, n).

    Returns:
        The product, shape (m, n).

    Raises:
        ValueError: an argument is no matrix, or the inner sizes differ.

    Equation: :eq:`eq-matrix-product`
    Section: :ref:`sec-matrix-multiplication`

    Example:
        >>> matmul_naive(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[5.0], [7.0]]))
        tensor([[19.],
                [43.]])

    In production: torch.matmul.
    """
    require_one_matrix("matmul_naive", A)
    require_one_matrix("matmul_naive", B)
    _require_inner("matmul_naive", A, B)
    (m, k), n = A.shape, B.shape[1]
    C = A.new_zeros(m, n)
    for i in range(m):
        for j in range(n):
            for s in range(k):
                C[i, j] += A[i, s] * B[s, j]
    return C


def matmul(
    A: Float[Tensor, "*batch m k"], B: Float[Tensor, "*batch k n"]
) -> Float[Tensor, "*batch m n"]:
    r"""The matrix product as a sum of $k$ outer products, column of A times row of B.

    Args:
        A: left factors, shape (..., m, k).
        B: right factors, shape (..., k, n).

    Returns:
        The products, shape (..., m, n).

    Raises:
        ValueError: an argument is no matrix, or the inner sizes differ.

    Equation: :eq:`eq-matrix-product`
    Section: :ref:`sec-matrix-multiplication`

    Example:
        >>> matmul(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[5.0, 6.0], [7.0, 8.0]]))
        tensor([[19., 22.],
                [43., 50.]])

    In production: torch.matmul.
    """
    require_matrix("matmul", A)
    require_matrix("matmul", B)
    _require_inner("matmul", A, B)
    C = torch.zeros((*A.shape[:-1], B.shape[-1]), dtype=A.dtype, device=A.device)
    for s in range(A.shape[-1]):
        C = C + A[..., :, s, None] * B[..., s, None, :]
    return C


def matmul_blocked(
    A: Float[Tensor, "m k"], B: Float[Tensor, "k n"], block_size: int = 64
) -> Float[Tensor, "m n"]:
    r"""The matrix product block by block: a block is reused while it is in fast memory.

    Args:
        A: left factor, shape (m, k).
        B: right factor, shape (k, n).
        block_size: side of the square blocks; those at the edges may be smaller.

    Returns:
        The product, shape (m, n).

    Raises:
        ValueError: an argument is no matrix, the inner sizes differ, or a block below 1.

    Equation: :eq:`eq-matrix-product`
    Section: :ref:`sec-matrix-cost`
    Source: Lam, Rothberg, Wolf (1991), The cache performance and optimizations of blocked
        algorithms, doi:10.1145/106972.106981.

    Example:
        >>> A = torch.arange(6.0).reshape(2, 3)
        >>> torch.equal(matmul_blocked(A, A.T, block_size=2), A @ A.T)
        True

    In production: torch.matmul.
    """
    require_one_matrix("matmul_blocked", A)
    require_one_matrix("matmul_blocked", B)
    _require_inner("matmul_blocked", A, B)
    if block_size < 1:
        raise ValueError(f"block_size must be at least 1, got {block_size}")
    C = A.new_zeros(A.shape[0], B.shape[1])
    blocks = [range(0, size, block_size) for size in (A.shape[0], B.shape[1], A.shape[1])]
    for i in blocks[0]:
        for j in blocks[1]:
            for s in blocks[2]:
                left = A[i : i + block_size, s : s + block_size]
                right = B[s : s + block_size, j : j + block_size]
                C[i : i + block_size, j : j + block_size] += left @ right
    return C


def _require_inner(name: str, A: Tensor, B: Tensor) -> None:
    if A.shape[-1] != B.shape[-2]:
        raise ValueError(
            f"{name}: the columns of A must be as many as the rows of B, "
            f"got shapes {tuple(A.shape)} and {tuple(B.shape)}"
        )


def matmul_flops(m: int, n: int, p: int = 1) -> int:
    r"""Floating-point operations of a product of an m x n by an n x p matrix: $2mnp$.

    A multiplication and an addition for each of the $mnp$ terms, as is the custom.

    Args:
        m: rows of the left factor.
        n: columns of the left and rows of the right factor.
        p: columns of the right factor; the default 1 is the matrix-vector product.

    Returns:
        The count.

    Raises:
        ValueError: a negative size.

    Equation: :eq:`eq-matmul-flops`
    Section: :ref:`sec-matrix-cost`

    Example:
        >>> matmul_flops(1000, 1000), matmul_flops(1000, 1000, 1000)
        (2000000, 2000000000)

    In production: torch.utils.flop_counter.FlopCounterMode.
    """
    if min(m, n, p) < 0:
        raise ValueError(f"sizes must not be negative, got {m}, {n}, {p}")
    return 2 * m * n * p


class MatrixChain(NamedTuple):
    """The cheapest order of a chain of products.

    Attributes:
        cost: scalar multiplications it takes.
        order: the product with its parentheses.
    """

    cost: int
    order: str


def matrix_chain_order(dims: Sequence[int]) -> MatrixChain:
    r"""The order of multiplying a chain of matrices that takes the fewest multiplications.

    Dynamic programming over all sub-chains, $O(n^3)$ for $n$ matrices.

    Args:
        dims: sizes $d_0, \dots, d_n$; matrix $i$ has the shape $(d_{i-1}, d_i)$.

    Returns:
        The number of scalar multiplications and the product with its parentheses.

    Raises:
        ValueError: fewer than two sizes, or one below 1.

    Equation: :eq:`eq-matrix-chain`
    Section: :ref:`sec-matrix-cost`
    Source: Godbole (1973), On efficient computation of matrix chain products,
        doi:10.1109/TC.1973.5009182.

    Example:
        >>> matrix_chain_order([30, 35, 15, 5, 10, 20, 25])
        MatrixChain(cost=15125, order='((A1(A2A3))((A4A5)A6))')

    In production: torch.linalg.multi_dot.
    """
    d = list(dims)
    if len(d) < 2 or min(d) < 1:
        raise ValueError(f"dims must be at least two sizes of at least 1, got {d}")
    n = len(d) - 1
    best = {(i, i): MatrixChain(0, f"A{i}") for i in range(1, n + 1)}
    for length in range(1, n):
        for i in range(1, n - length + 1):
            j = i + length
            best[i, j] = min(_joined(best[i, s], best[s + 1, j], d, i, s, j) for s in range(i, j))
    return best[1, n]


def _joined(
    left: MatrixChain, right: MatrixChain, d: list[int], i: int, s: int, j: int
) -> MatrixChain:
    cost = left.cost + right.cost + d[i - 1] * d[s] * d[j]
    return MatrixChain(cost, f"({left.order}{right.order})")
