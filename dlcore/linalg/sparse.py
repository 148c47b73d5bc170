"""Sparse matrices: a list of entries, and the same sorted by rows."""

from typing import overload

import torch
from torch import Tensor

from dlcore.linalg.shapes import require_floating, require_one_matrix


class COOMatrix:
    """A matrix as a list of its entries with their places; entries in one place add up.

    Args:
        values: the entries, shape (nnz,).
        rows: row of each, integers, shape (nnz,).
        columns: column of each, integers, shape (nnz,).
        shape: number of rows and columns of the matrix.

    Attributes:
        values: the entries.
        rows: row of each.
        columns: column of each.
        shape: number of rows and columns.

    Raises:
        ValueError: sizes that differ, or a place outside the matrix.
        TypeError: values that are not floating-point, places that are no integers.

    Section: :ref:`sec-sparse-matrices`

    Example:
        >>> places = torch.tensor([0, 1, 1]), torch.tensor([2, 0, 0])
        >>> COOMatrix(torch.tensor([5.0, 1.0, 2.0]), *places, shape=(2, 3)).to_dense()
        tensor([[0., 0., 5.],
                [3., 0., 0.]])

    In production: torch.sparse_coo_tensor, scipy.sparse.coo_array.
    """

    def __init__(
        self, values: Tensor, rows: Tensor, columns: Tensor, shape: tuple[int, int]
    ) -> None:
        require_floating("COOMatrix", values)
        for name, places, size in (("rows", rows, shape[0]), ("columns", columns, shape[1])):
            _require_places(f"COOMatrix: {name}", places, size)
            if places.shape != values.shape or values.ndim != 1:
                raise ValueError(
                    f"COOMatrix: {name} must be as many as the values, one dimension each, got "
                    f"shapes {tuple(places.shape)} and {tuple(values.shape)}"
                )
        self.values, self.rows, self.columns = values, rows, columns
        self.shape = (int(shape[0]), int(shape[1]))

    @classmethod
    def from_dense(cls, A: Tensor) -> "COOMatrix":
        """The entries other than zero of a matrix, row by row."""
        require_one_matrix("COOMatrix.from_dense", A)
        rows, columns = A.nonzero(as_tuple=True)
        return cls(A[rows, columns], rows, columns, (A.shape[0], A.shape[1]))

    @property
    def nnz(self) -> int:
        """Number of stored entries."""
        return len(self.values)

    @property
    def dtype(self) -> torch.dtype:
        """Type of the entries."""
        return self.values.dtype

    @property
    def device(self) -> torch.device:
        """Where the entries live."""
        return self.values.device

    @property
    def T(self) -> "COOMatrix":
        """The transpose, in which rows and columns change names."""
        return COOMatrix(self.values, self.columns, self.rows, self.shape[::-1])

    def to_dense(self) -> Tensor:
        """The full matrix."""
        A = self.values.new_zeros(self.shape)
        return A.index_put((self.rows, self.columns), self.values, accumulate=True)

    def to_csr(self) -> "CSRMatrix":
        """The entries sorted by rows and columns, those in one place added."""
        key, place = torch.unique(self.rows * self.shape[1] + self.columns, return_inverse=True)
        values = self.values.new_zeros(len(key)).index_add(0, place, self.values)
        width = max(self.shape[1], 1)
        counts = torch.bincount(key // width, minlength=self.shape[0])
        indptr = torch.nn.functional.pad(counts.cumsum(0), (1, 0))
        return CSRMatrix(values, key % width, indptr, self.shape)

    def __matmul__(self, x: Tensor) -> Tensor:
        """The product with a vector (n,) or matrix (n, k): every entry adds to its row."""
        _require_factor(self.shape, x)
        weights = self.values.reshape(-1, *[1] * (x.ndim - 1))
        result = x.new_zeros(self.shape[0], *x.shape[1:])
        return result.index_add(0, self.rows, weights * x[self.columns])

    def __repr__(self) -> str:
        return f"COOMatrix(shape={self.shape}, nnz={self.nnz}, dtype={self.dtype})"


class CSRMatrix:
    """A matrix by compressed rows: the entries of row i are those from indptr[i] to indptr[i + 1].

    Args:
        values: the entries, row by row, shape (nnz,).
        indices: column of each, integers, shape (nnz,).
        indptr: where each row begins, and the end, integers, shape (rows + 1,).
        shape: number of rows and columns of the matrix.

    Attributes:
        values: the entries.
        indices: column of each.
        indptr: where each row begins.
        shape: number of rows and columns.

    Raises:
        ValueError: sizes that do not fit, or a column outside the matrix.
        TypeError: values that are not floating-point, places that are no integers.

    Equation: :eq:`eq-sparse-matvec`
    Section: :ref:`sec-sparse-matrices`
    Source: Saad (2003), Iterative Methods for Sparse Linear Systems, 2nd ed., section 3.4.

    Example:
        >>> A = CSRMatrix.from_dense(torch.tensor([[0.0, 5.0], [0.0, 0.0], [3.0, 1.0]]))
        >>> A.indptr, A.indices
        (tensor([0, 1, 1, 3]), tensor([1, 0, 1]))
        >>> A @ torch.ones(2)
        tensor([5., 0., 4.])

    In production: torch.sparse_csr_tensor, scipy.sparse.csr_array.
    """

    def __init__(
        self, values: Tensor, indices: Tensor, indptr: Tensor, shape: tuple[int, int]
    ) -> None:
        require_floating("CSRMatrix", values)
        _require_places("CSRMatrix: indices", indices, shape[1])
        _require_places("CSRMatrix: indptr", indptr, len(values) + 1)
        if values.ndim != 1 or indices.shape != values.shape or len(indptr) != shape[0] + 1:
            raise ValueError(
                f"CSRMatrix of shape {tuple(shape)} needs as many indices as values and "
                f"{shape[0] + 1} row pointers, got shapes {tuple(values.shape)}, "
                f"{tuple(indices.shape)}, {tuple(indptr.shape)}"
            )
        if indptr[0] != 0 or indptr[-1] != len(values) or (indptr.diff() < 0).any():
            raise ValueError(
                f"CSRMatrix: indptr must rise from 0 to {len(values)}, got {indptr.tolist()}"
            )
        self.values, self.indices, self.indptr = values, indices, indptr
        self.shape = (int(shape[0]), int(shape[1]))

    @classmethod
    def from_dense(cls, A: Tensor) -> "CSRMatrix":
        """The entries other than zero of a matrix."""
        return COOMatrix.from_dense(A).to_csr()

    @property
    def nnz(self) -> int:
        """Number of stored entries."""
        return len(self.values)

    @property
    def dtype(self) -> torch.dtype:
        """Type of the entries."""
        return self.values.dtype

    @property
    def device(self) -> torch.device:
        """Where the entries live."""
        return self.values.device

    @property
    def T(self) -> "CSRMatrix":
        """The transpose, by compressed rows again."""
        return self.to_coo().T.to_csr()

    def to_coo(self) -> COOMatrix:
        """The list of entries with their rows."""
        rows = torch.arange(self.shape[0], device=self.device)
        rows = rows.repeat_interleave(self.indptr.diff())
        return COOMatrix(self.values, rows, self.indices, self.shape)

    def to_dense(self) -> Tensor:
        """The full matrix."""
        return self.to_coo().to_dense()

    @overload
    def __matmul__(self, other: Tensor) -> Tensor: ...
    @overload
    def __matmul__(self, other: "CSRMatrix") -> "CSRMatrix": ...
    def __matmul__(self, other: "Tensor | CSRMatrix") -> "Tensor | CSRMatrix":
        """The product with a vector (n,), a matrix (n, k) or another sparse matrix.

        With a tensor the cost is proportional to the number of entries.
        """
        if isinstance(other, CSRMatrix):
            return self._times_sparse(other)
        return self.to_coo() @ other

    def _times_sparse(self, B: "CSRMatrix") -> "CSRMatrix":
        """Each entry (i, k) meets all entries of row k of B; the products are added up by place."""
        if self.shape[1] != B.shape[0]:
            raise ValueError(f"sizes do not fit: {self.shape} times {B.shape}")
        A = self.to_coo()
        lengths = B.indptr.diff()[A.columns]
        entry = torch.arange(A.nnz, device=self.device).repeat_interleave(lengths)
        first = lengths.cumsum(0) - lengths
        within = torch.arange(len(entry), device=self.device) - first[entry]
        partner = B.indptr[A.columns[entry]] + within
        products = A.values[entry] * B.values[partner]
        shape = (self.shape[0], B.shape[1])
        return COOMatrix(products, A.rows[entry], B.indices[partner], shape).to_csr()

    def __repr__(self) -> str:
        return f"CSRMatrix(shape={self.shape}, nnz={self.nnz}, dtype={self.dtype})"


def _require_places(name: str, places: Tensor, size: int) -> None:
    if places.dtype not in (torch.int32, torch.int64):
        raise TypeError(f"{name} must be integers, got {places.dtype}")
    if places.numel() and not (int(places.min()) >= 0 and int(places.max()) < size):
        low, high = int(places.min()), int(places.max())
        raise ValueError(f"{name} must be from 0 to {size - 1}, got {low} to {high}")


def _require_factor(shape: tuple[int, int], x: Tensor) -> None:
    require_floating("sparse product", x)
    if x.ndim not in (1, 2) or x.shape[0] != shape[1]:
        raise ValueError(
            f"a matrix of shape {shape} needs a factor of shape ({shape[1]},) or ({shape[1]}, k), "
            f"got {tuple(x.shape)}"
        )
