"""Dictionaries learned from data: codes and atoms in turn, in whole passes or in small batches."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from torch import Tensor

from dlcore.classical.estimator import Estimator, as_generator, like, recall
from dlcore.factor.dictionary_updates import dictionary_update, ksvd_update, move_atoms
from dlcore.factor.matching_pursuit import orthogonal_matching_pursuit
from dlcore.factor.sparse_codes import coordinate_rounds, sparse_coding_objective, sparse_encode
from dlcore.linalg.shapes import require_one_matrix

ROUNDS = 5  # over all atoms, between two moves of the atoms
FORGETTING = 10  # after t batches, batch s counts (s / t)^10


class Dictionary(NamedTuple):
    """A dictionary, and the examples in it.

    Attributes:
        atoms: columns of length 1, shape (d, k).
        codes: shape (n, k).
        errors: mean squared distance of the examples from their reconstructions, after each round.

    Section: :ref:`sec-dictionary-learning`
    """

    atoms: Float[Tensor, "d k"]
    codes: Float[Tensor, "n k"]
    errors: list[float]


def ksvd(
    X: Float[Tensor, "n d"],
    n_atoms: int,
    n_nonzero: int,
    *,
    max_iter: int = 30,
    start: Float[Tensor, "d k"] | None = None,
    generator: torch.Generator | None = None,
) -> Dictionary:
    r"""Learn a dictionary in which every example needs at most so many atoms (K-SVD).

    Orthogonal matching pursuit and `ksvd_update` take turns. With one atom for each example it is
    k-means for directions. An atom that no example uses becomes the example reconstructed worst.

    Args:
        X: examples as rows, shape (n, d).
        n_atoms: k.
        n_nonzero: the most atoms for an example, at most d and k.
        max_iter: number of rounds.
        start: the first dictionary, shape (d, k); default examples drawn at random.
        generator: draws them; default torch's global one.

    Returns:
        Atoms, codes and errors. The error may rise in a round, as the pursuit is greedy.

    Raises:
        ValueError: a number out of range, or a start of another shape.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-ksvd`
    Section: :ref:`sec-dictionary-learning`
    Source: Aharon, Elad, Bruckstein (2006), K-SVD: an algorithm for designing overcomplete
        dictionaries for sparse representation, doi:10.1109/TSP.2006.881199.

    Example:
        >>> X = torch.tensor([[1.0, 2.0], [2.0, 4.0], [-3.0, 0.0], [4.0, 0.0]])
        >>> found = ksvd(X, 2, 1, generator=torch.Generator().manual_seed(0))
        >>> found.errors[-1] < 1e-6
        True

    In production: sklearn.decomposition.DictionaryLearning(transform_algorithm="omp").
    """
    require_one_matrix("ksvd", X)
    if min(n_atoms, max_iter) < 1:
        raise ValueError(f"ksvd needs n_atoms and max_iter >= 1, got {n_atoms} and {max_iter}")
    D = first_atoms(X, n_atoms, generator) if start is None else start
    if D.shape != (X.shape[1], n_atoms):
        raise ValueError(f"start must have shape {(X.shape[1], n_atoms)}, got {tuple(D.shape)}")
    errors, codes = [], X.new_zeros(len(X), n_atoms)
    for _ in range(max_iter):
        D, codes = ksvd_update(X, orthogonal_matching_pursuit(X, D, n_nonzero), D)
        errors.append(float((X - codes @ D.T).square().sum(1).mean()))
        D = _employ(X, codes, D)
    return Dictionary(D, codes, errors)


def first_atoms(X: Tensor, k: int, generator: torch.Generator | None) -> Tensor:
    """Different examples at random, then random directions, of length 1: shape (d, k)."""
    device = generator.device if generator else torch.device("cpu")
    order = torch.randperm(len(X), generator=generator, device=device)[:k].to(X.device)
    rest = torch.randn(k, X.shape[1], generator=generator, device=device).to(X)
    atoms = torch.cat([X[order], rest[len(order) :]])
    atoms = torch.where(atoms.norm(dim=1, keepdim=True) > 0, atoms, rest)
    return (atoms / atoms.norm(dim=1, keepdim=True)).T


def _employ(X: Tensor, Z: Tensor, D: Tensor) -> Tensor:
    """Atoms that no example uses become the examples reconstructed worst."""
    idle = (Z == 0).all(0).nonzero()[:, 0][: len(X)]
    errors = (X - Z @ D.T).square().sum(1)
    worst = X[errors.topk(len(idle)).indices]
    lengths = worst.norm(dim=1, keepdim=True)
    D = D.clone()
    D[:, idle] = torch.where(lengths > 0, worst / lengths, D[:, idle].T).T
    return D


class DictionaryLearning(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Estimator):
    r"""Atoms and sparse codes, $\min \sum_n \|x_n - Dz_n\|^2 + \lambda\|z_n\|_1$, $\|d_j\| \le 1$.

    Without the bound on the atoms the penalty could be made as small as one likes, by long atoms
    and short codes. Neither half of the alternation can raise the objective; it ends in a local
    minimum that depends on the start, and atoms have no particular order or sign.

    Args:
        n_components: number k of atoms; default as many as features.
        lam: $\lambda$, at least 0.
        update: "blocks" or "mod", as in `dictionary_update`; with "mod" the objective may rise.
        max_iter: the most rounds.
        tol: stop when a round lowers the objective by less than this share of it.
        init: atoms as rows, shape (k, d), no longer than 1; default examples drawn at random.
        random_state: int, torch.Generator or None: draws them.

    Attributes:
        components_: the atoms as rows, shape (k, d).
        objective_: mean over the examples, after each round.
        n_iter_: how many rounds it made.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or atoms of another shape.

    Equation: :eq:`eq-dictionary-learning`
    Section: :ref:`sec-dictionary-learning`
    Source: Olshausen, Field (1997), Sparse coding with an overcomplete basis set,
        doi:10.1016/S0042-6989(97)00169-7; Mairal, Bach, Ponce, Sapiro (2010), Online learning for
        matrix factorization and sparse coding, JMLR 11.

    Example:
        >>> X = torch.tensor([[3.0, 0.0], [-2.0, 0.0], [0.0, 4.0], [0.0, 1.0]])
        >>> model = DictionaryLearning(2, lam=0.1, random_state=2).fit(X)
        >>> (model.transform(X) != 0).sum(1)
        tensor([1, 1, 1, 1])

    In production: sklearn.decomposition.DictionaryLearning(alpha=lam / 2).
    """

    def __init__(
        self, n_components=None, lam=1.0, *, update="blocks", max_iter=100, tol=1e-5, init=None,
        random_state=None,
    ) -> None:  # fmt: skip
        self.n_components = n_components
        self.lam = lam
        self.update = update
        self.max_iter = max_iter
        self.tol = tol
        self.init = init
        self.random_state = random_state

    def fit(self, X, y=None) -> "DictionaryLearning":
        """Learn atoms from (n, d) examples."""
        A = self._inputs(X, reset=True)
        self._check_parameters()
        D = self._first_atoms(A, as_generator(self.random_state))
        Z, history = A.new_zeros(len(A), D.shape[1]), [torch.inf]
        while len(history) <= self.max_iter:
            Z, _ = coordinate_rounds(A, D, self.lam, Z, 0.0, ROUNDS)
            D = _employ(A, Z, dictionary_update(A, Z, D, method=self.update))
            history.append(sparse_coding_objective(A, D, Z, self.lam).mean().item())
            if abs(history[-2] - history[-1]) <= self.tol * history[-1]:
                break
        self._learn(X, components_=D.T)
        self.objective_, self.n_iter_ = history[1:], len(history) - 1
        return self

    def transform(self, X):
        """The sparse codes of examples, shape (n, k)."""
        A = self._inputs(X)
        return like(X, sparse_encode(A, recall(self.components_, A).T, self.lam))

    def inverse_transform(self, X):
        """The examples that have these codes, shape (n, d)."""
        Z = torch.as_tensor(X)
        return like(X, Z @ recall(self.components_, Z))

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

    def _check_parameters(self) -> None:
        if not self.lam >= 0 or not self.max_iter >= 1:
            raise ValueError(
                f"lam must be at least 0 and max_iter at least 1, got {self.lam!r} and "
                f"{self.max_iter!r}"
            )

    def _first_atoms(self, A: Tensor, generator: torch.Generator) -> Tensor:
        k = A.shape[1] if self.n_components is None else self.n_components
        if not k >= 1:
            raise ValueError(f"n_components must be at least 1, got {k!r}")
        if self.init is None:
            return first_atoms(A, k, generator)
        D = recall(self.init, A).T
        if D.shape != (A.shape[1], k):
            raise ValueError(f"init must have shape {(k, A.shape[1])}, got {tuple(D.T.shape)}")
        return D / D.norm(dim=0).clamp(min=1)


class MiniBatchDictionaryLearning(DictionaryLearning):
    r"""Dictionary learning from small batches, for data that are many or never end.

    Only $\sum_n z_nz_n^\top$ and $\sum_n x_nz_n^\top$ are kept of the examples seen. Older ones,
    whose codes belong to older atoms, count for less: after t batches, the s-th has the weight
    $(s/t)^{10}$.

    Args:
        n_components: number k of atoms; default as many as features.
        lam: $\lambda$, at least 0.
        batch_size: examples for one move of the atoms.
        max_iter: passes over the data.
        init: atoms as rows, shape (k, d), no longer than 1; default examples drawn at random.
        random_state: int, torch.Generator or None: draws them, and the batches.

    Attributes:
        components_: the atoms as rows, shape (k, d).
        objective_: of each batch, the mean over its examples before the atoms move.
        n_iter_: how many passes it made.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or atoms of another shape.

    Equation: :eq:`eq-dictionary-learning`
    Section: :ref:`sec-dictionary-learning`
    Source: Mairal, Bach, Ponce, Sapiro (2010), Online learning for matrix factorization and sparse
        coding, JMLR 11.

    Example:
        >>> X = torch.randn(200, 5, generator=torch.Generator().manual_seed(0))
        >>> model = MiniBatchDictionaryLearning(3, lam=0.5, random_state=0).fit(X)
        >>> model.components_.shape, len(model.objective_)
        (torch.Size([3, 5]), 40)

    In production: sklearn.decomposition.MiniBatchDictionaryLearning(alpha=lam / 2).
    """

    def __init__(
        self, n_components=None, lam=1.0, *, batch_size=64, max_iter=10, init=None,
        random_state=None,
    ) -> None:  # fmt: skip
        self.n_components = n_components
        self.lam = lam
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.init = init
        self.random_state = random_state

    def fit(self, X, y=None) -> "MiniBatchDictionaryLearning":
        """Learn atoms from (n, d) examples, in so many passes."""
        A = self._inputs(X, reset=True)
        self._check_parameters()
        if not self.batch_size >= 1:
            raise ValueError(f"batch_size must be at least 1, got {self.batch_size!r}")
        generator = as_generator(self.random_state)
        self._begin(self._first_atoms(A, generator))
        for _ in range(self.max_iter):
            order = torch.randperm(len(A), generator=generator, device=generator.device)
            for batch in order.to(A.device).split(self.batch_size):
                self._see(A[batch])
        self.n_iter_ = self.max_iter
        self._learn(X, components_=self._atoms.T)
        return self

    def partial_fit(self, X, y=None) -> "MiniBatchDictionaryLearning":
        """Move the atoms once, after these examples, shape (n, d)."""
        first = not hasattr(self, "components_")
        A = self._inputs(X, reset=first)
        self._check_parameters()
        if first:
            self._begin(self._first_atoms(A, as_generator(self.random_state)))
        self._see(A)
        self.n_iter_ = 1
        self._learn(X, components_=self._atoms.T)
        return self

    def _begin(self, D: Tensor) -> None:
        k = D.shape[1]
        self._atoms, self._codes_squared, self._codes_data = D, D.new_zeros(k, k), 0 * D
        self._seen, self.objective_ = 0, []

    def _see(self, A: Tensor) -> None:
        """Code a batch, remember its sums, move the atoms."""
        D = self._atoms.to(A)
        Z = sparse_encode(A, D, self.lam, tol=1e-3)
        self.objective_.append(sparse_coding_objective(A, D, Z, self.lam).mean().item())
        self._seen += 1
        keep = (1 - 1 / self._seen) ** FORGETTING
        self._codes_squared = keep * self._codes_squared.to(A) + Z.T @ Z / len(A)
        self._codes_data = keep * self._codes_data.to(A) + A.T @ Z / len(A)
        self._atoms = move_atoms(self._codes_squared, self._codes_data, D)
