"""Support vector machines with kernels, for classification and regression."""

from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.estimator import Classifier, Estimator, Regressor, like, recall
from dlcore.classical.kernels import Kernel, linear_kernel, polynomial_kernel, rbf_kernel
from dlcore.classical.support_vector_dual import solve_dual

CHUNK = 2_000_000  # entries of a Gram matrix that are made at once


class _SupportVectors(Estimator):
    """What both machines share: a kernel, a dual problem, and its support vectors."""

    def _kernel(self, X: Tensor) -> Kernel:
        if not self.C > 0:
            raise ValueError(f"C must be positive, got {self.C}")
        if callable(self.kernel):
            return self.kernel
        kernels: dict[str, Kernel] = {
            "linear": linear_kernel,
            "poly": partial(
                polynomial_kernel, degree=self.degree, c=self.coef0, gamma=self._width(X)
            ),
            "rbf": partial(rbf_kernel, gamma=self._width(X)),
        }
        if self.kernel not in kernels:
            raise ValueError(f"kernel must be one of {list(kernels)}, got {self.kernel!r}")
        return kernels[self.kernel]

    def _width(self, X: Tensor) -> float:
        if self.gamma == "scale":
            variance = X.var(correction=0).item()
            return 1 / (X.shape[1] * variance) if variance > 0 else 1.0
        if not isinstance(self.gamma, int | float) or not self.gamma > 0:
            raise ValueError(f"gamma must be 'scale' or positive, got {self.gamma!r}")
        return float(self.gamma)

    def _solve(self, X, A: Tensor, targets: Tensor, lower: Tensor, upper: Tensor) -> None:
        """Find the support vectors; targets may repeat the examples several times."""
        self._fitted_kernel = kernel = self._kernel(A)
        n, repeats = len(A), len(targets) // len(A)
        whole = kernel(A, A) if n * n <= CHUNK else None

        def rows(i: Tensor) -> Tensor:
            K = kernel(A[i % n], A) if whole is None else whole[i % n]
            return K.repeat(1, repeats) if repeats > 1 else K

        solution = solve_dual(rows, targets, lower, upper, self.tol, self.max_iter)
        beta = solution.beta.reshape(repeats, n).sum(0)
        self.n_iter_ = max(solution.iterations, 1)
        support = beta.nonzero()[:, 0]
        self._learn(
            X,
            support_=support,
            support_vectors_=A[support],
            dual_coef_=beta[support][None],
            intercept_=beta.new_tensor([solution.b]),
        )

    def _scores(self, A: Tensor) -> Tensor:
        S, beta = recall(self.support_vectors_, A), recall(self.dual_coef_, A)[0]
        b = recall(self.intercept_, A)
        if not len(S):
            return b.expand(len(A))
        chunks = A.split(max(CHUNK // len(S), 1))
        return torch.cat([self._fitted_kernel(part, S) @ beta + b for part in chunks])


class KernelSVM(_SupportVectors, Classifier):
    r"""The hyperplane of the widest soft margin, in the feature space of a kernel; two classes.

    For more classes, `OneVsOneClassifier(KernelSVM())` or `OneVsRestClassifier(KernelSVM())`. Scale
    the features first.

    Args:
        C: the price of margin violations, positive: large fits the data, small widens the margin.
        kernel: "linear", "poly", "rbf", or a function of two sets of points.
        gamma: $\gamma$ of "poly" and "rbf"; "scale" is 1 / (d times the variance of all entries).
        degree: of "poly".
        coef0: the constant c of "poly".
        tol: how much the optimality conditions may be violated.
        max_iter: the most pairs that SMO moves.

    Attributes:
        support_: the positions of the support vectors among the examples, shape (s,).
        support_vectors_: shape (s, d).
        dual_coef_: their $\alpha_i y_i$, shape (1, s).
        intercept_: b, shape (1,).
        classes_: the two labels; the second is y = 1.
        n_iter_: how many pairs were moved.
        n_features_in_: the number d of features.

    Raises:
        ValueError: not two classes, an option out of range, X that is no finite matrix, or another
            number of features than in `fit`.

    Warns:
        ConvergenceWarning: `max_iter` pairs were not enough.

    Equations: :eq:`eq-soft-margin`, :eq:`eq-support-vector-dual`, :eq:`eq-kernel-decision`
    Section: :ref:`sec-kernel-trick`
    Source: Cortes, Vapnik (1995), Support-vector networks, doi:10.1007/BF00994018.

    Example:
        >>> X = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
        >>> model = KernelSVM(10.0, kernel="poly", degree=2, gamma=1.0, coef0=1.0, tol=1e-6)
        >>> _ = model.fit(X, torch.tensor([1, 1, 0, 0]))
        >>> model.decision_function(torch.tensor([[2.0, 3.0]])).round(decimals=3)
        tensor([6.])

    In production: sklearn.svm.SVC.
    """

    def __init__(
        self, C=1.0, *, kernel="rbf", gamma="scale", degree=3, coef0=0.0, tol=1e-3,
        max_iter=10_000_000,
    ) -> None:  # fmt: skip
        self.C = C
        self.kernel = kernel
        self.gamma = gamma
        self.degree = degree
        self.coef0 = coef0
        self.tol = tol
        self.max_iter = max_iter

    def fit(self, X, y) -> "KernelSVM":
        """Find the support vectors among examples of shape (n, d)."""
        A, codes = self._classification(X, y, min_classes=2)
        sign = signs(self, codes).to(A)
        self._solve(X, A, sign, (self.C * sign).clamp(max=0), (self.C * sign).clamp(min=0))
        return self

    def decision_function(self, X):
        """The signed score f(x), shape (n,); the margin is where it is 1 or -1."""
        return like(X, self._scores(self._inputs(X)))

    def predict(self, X):
        """The label of each example, shape (n,)."""
        return self._labels(X, (self._scores(self._inputs(X)) > 0).long())

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def signs(model: Classifier, codes: Tensor) -> Tensor:
    """Labels -1 and 1 of a problem of two classes."""
    if len(model.classes_) != 2:
        raise ValueError(
            f"Only binary classification is supported by {type(model).__name__}, got "
            f"{len(model.classes_)} classes: use OneVsOneClassifier or OneVsRestClassifier"
        )
    return 2 * codes - 1


def epsilon_insensitive_loss(
    prediction: Float[Tensor, "*shape"], targets: Float[Tensor, "*shape"], epsilon: float = 0.1
) -> Float[Tensor, ""]:
    r"""How far predictions lie outside a tube, $\max(0, |y - \hat y| - \epsilon)$.

    Args:
        prediction: any shape.
        targets: of the same shape.
        epsilon: the tube's half-width $\epsilon$, at least 0.

    Returns:
        The mean, one number.

    Raises:
        ValueError: the shapes differ, or `epsilon` is negative.

    Equation: :eq:`eq-epsilon-insensitive-loss`
    Section: :ref:`sec-support-vector-regression`
    Source: Vapnik (1995), The Nature of Statistical Learning Theory, doi:10.1007/978-1-4757-2440-0.

    Example:
        >>> epsilon_insensitive_loss(torch.tensor([1.0, 3.0]), torch.tensor([1.5, 3.0]), 0.1)
        tensor(0.2000)

    In production: (prediction - targets).abs().sub(epsilon).clamp(min=0).mean().
    """
    if prediction.shape != targets.shape or not epsilon >= 0:
        raise ValueError(
            "epsilon_insensitive_loss needs equal shapes and epsilon of at least 0, got "
            f"{tuple(prediction.shape)}, {tuple(targets.shape)} and {epsilon}"
        )
    return ((prediction - targets).abs() - epsilon).clamp(min=0).mean()


class SVR(_SupportVectors, Regressor):
    r"""Regression that ignores errors below $\epsilon$; only examples outside the tube count.

    Args:
        C: the price of errors, positive.
        epsilon: half the tube's width, in units of y, at least 0.
        kernel: "linear", "poly", "rbf", or a function of two sets of points.
        gamma: $\gamma$ of "poly" and "rbf"; "scale" is 1 / (d times the variance of all entries).
        degree: of "poly".
        coef0: the constant c of "poly".
        tol: how much the optimality conditions may be violated.
        max_iter: the most pairs that SMO moves.

    Attributes:
        support_: the positions of the support vectors among the examples, shape (s,).
        support_vectors_: shape (s, d).
        dual_coef_: their $\alpha_i - \alpha_i^*$, shape (1, s).
        intercept_: b, shape (1,).
        n_iter_: how many pairs were moved.
        n_features_in_: the number d of features.

    Raises:
        ValueError: an option out of range, X that is no finite matrix, or another number of
            features than in `fit`.

    Warns:
        ConvergenceWarning: `max_iter` pairs were not enough.

    Equation: :eq:`eq-support-vector-regression`
    Section: :ref:`sec-support-vector-regression`
    Source: Smola, Schölkopf (2004), A tutorial on support vector regression,
        doi:10.1023/B:STCO.0000035301.49549.88.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
        >>> model = SVR(100.0, epsilon=0.5, kernel="linear").fit(X, 2 * X[:, 0])
        >>> model.predict(torch.tensor([[1.5]])).round(decimals=2)
        tensor([3.])

    In production: sklearn.svm.SVR.
    """

    def __init__(
        self, C=1.0, *, epsilon=0.1, kernel="rbf", gamma="scale", degree=3, coef0=0.0, tol=1e-3,
        max_iter=10_000_000,
    ) -> None:  # fmt: skip
        self.C = C
        self.epsilon = epsilon
        self.kernel = kernel
        self.gamma = gamma
        self.degree = degree
        self.coef0 = coef0
        self.tol = tol
        self.max_iter = max_iter

    def fit(self, X, y) -> "SVR":
        """Find the support vectors among examples of shape (n, d)."""
        A, t = self._regression(X, y)
        if not self.epsilon >= 0:
            raise ValueError(f"epsilon must be at least 0, got {self.epsilon}")
        none, C = torch.zeros_like(t), torch.full_like(t, self.C)
        targets = torch.cat([t - self.epsilon, t + self.epsilon])
        self._solve(X, A, targets, torch.cat([none, -C]), torch.cat([C, none]))
        return self

    def predict(self, X):
        """The value for each example, shape (n,)."""
        return like(X, self._scores(self._inputs(X)))
