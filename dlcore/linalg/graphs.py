"""Graphs as matrices: Laplacians, and the frequencies of signals on the nodes."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_symmetric


def graph_laplacian(
    A: Float[Tensor, "*batch n n"], *, normalized: bool = False
) -> Float[Tensor, "*batch n n"]:
    r"""The matrix $L = D - A$, with $x^\top Lx = \sum_{i<j} a_{ij}(x_i - x_j)^2$.

    Args:
        A: symmetric weights of the edges, none negative, shape (..., n, n); the diagonal does not
            count.
        normalized: give $D^{-1/2}LD^{-1/2}$, whose eigenvalues lie between 0 and 2; a node without
            edges has a row of zeros.

    Returns:
        The Laplacians, of the same shape; the number of zero eigenvalues is that of the connected
        parts.

    Raises:
        ValueError: A is not square, not symmetric, or has a negative entry.
        TypeError: A is no floating-point tensor.

    Equations: :eq:`eq-graph-laplacian`, :eq:`eq-normalized-laplacian`
    Section: :ref:`sec-graph-laplacian`
    Source: Chung (1997), Spectral Graph Theory, chapter 1.

    Example:
        >>> graph_laplacian(torch.tensor([[0.0, 1.0], [1.0, 0.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])

    In production: scipy.sparse.csgraph.laplacian.
    """
    require_symmetric("graph_laplacian", A)
    if (A < 0).any():
        raise ValueError(f"graph_laplacian: weights must not be negative, got {A.min().item():.3g}")
    A = A - A.diagonal(dim1=-2, dim2=-1).diag_embed()
    degrees = A.sum(-1)
    L = degrees.diag_embed() - A
    if not normalized:
        return L
    root = torch.where(degrees > 0, torch.where(degrees > 0, degrees, 1).rsqrt(), 0)
    return root[..., :, None] * L * root[..., None, :]


class GraphFourier(NamedTuple):
    """The frequencies of a graph and the signals that oscillate with them.

    Attributes:
        frequencies: eigenvalues of the Laplacian in ascending order, shape (n,).
        U: its eigenvectors as columns, shape (n, n).
    """

    frequencies: Tensor
    U: Tensor

    def transform(self, x: Float[Tensor, " n *c"]) -> Float[Tensor, " n *c"]:
        """The coefficients U^T x of signals on the nodes, shape (n,) or (n, c)."""
        return self.U.T @ x

    def inverse(self, x_hat: Float[Tensor, " n *c"]) -> Float[Tensor, " n *c"]:
        """The signals U x_hat with given coefficients, shape (n,) or (n, c)."""
        return self.U @ x_hat


def graph_fourier_transform(L: Float[Tensor, "n n"]) -> GraphFourier:
    r"""The eigenvectors of a Laplacian: for a ring, sines and cosines, for any graph their like.

    Args:
        L: symmetric matrix, shape (n, n).

    Returns:
        Frequencies and basis, with the methods `transform` and `inverse`.

    Raises:
        ValueError: L is not square or not symmetric.
        TypeError: L is no floating-point tensor.

    Equation: :eq:`eq-graph-fourier`
    Section: :ref:`sec-graph-laplacian`
    Source: Shuman, Narang, Frossard, Ortega, Vandergheynst (2013), The emerging field of signal
        processing on graphs, doi:10.1109/MSP.2012.2235192.

    Example:
        >>> L = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
        >>> graph_fourier_transform(L).frequencies.round(decimals=4).abs()
        tensor([0., 2.])

    In production: torch.linalg.eigh.
    """
    require_symmetric("graph_fourier_transform", L)
    return GraphFourier(*torch.linalg.eigh(L))


def spectral_filter(
    L: Float[Tensor, "n n"], x: Float[Tensor, " n *c"], g: Callable[[Tensor], Tensor]
) -> Float[Tensor, " n *c"]:
    r"""A signal with each frequency amplified by a factor: $Ug(\Lambda)U^\top x$.

    Args:
        L: Laplacian, shape (n, n).
        x: signals on the nodes, shape (n,) or (n, c).
        g: the factors as a function of the frequencies, from a tensor (n,) to one of that shape.

    Returns:
        The filtered signals, of the shape of x.

    Raises:
        ValueError: L is not symmetric, or the shapes of x or of the factors do not fit.
        TypeError: L is no floating-point tensor.

    Equation: :eq:`eq-spectral-filter`
    Section: :ref:`sec-graph-laplacian`
    Source: Bruna, Zaremba, Szlam, LeCun (2014), Spectral networks and locally connected networks on
        graphs, arXiv:1312.6203.

    Example:
        >>> L = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
        >>> x = torch.tensor([0.0, 2.0])
        >>> spectral_filter(L, x, lambda frequency: (frequency < 1).float()).round(decimals=4)
        tensor([1., 1.])

    In production: a polynomial of L applied to x, which needs no eigenvectors.
    """
    fourier = graph_fourier_transform(L)
    if x.ndim not in (1, 2) or len(x) != len(L):
        n = len(L)
        raise ValueError(f"x must have shape ({n},) or ({n}, c), got {tuple(x.shape)}")
    factors = g(fourier.frequencies)
    if factors.shape != fourier.frequencies.shape:
        raise ValueError(f"g must give {len(L)} factors, it gave shape {tuple(factors.shape)}")
    x_hat = fourier.transform(x)
    return fourier.inverse(factors.reshape(-1, *[1] * (x.ndim - 1)) * x_hat)
