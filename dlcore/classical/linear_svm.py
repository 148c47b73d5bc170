"""The linear support vector machine in its primal form: hinge loss and margins."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.estimator import Classifier, as_generator, like, recall
from dlcore.classical.kernel_svm import signs
from dlcore.data import iterate_minibatches
from dlcore.linalg.shapes import require_one_matrix


def hinge_loss(scores: Float[Tensor, " n"], y: Float[Tensor, " n"]) -> Float[Tensor, ""]:
    r"""How far examples are from the right side of the margin, $\max(0, 1 - y f(x))$.

    Args:
        scores: f(x), shape (n,).
        y: labels -1 or 1, shape (n,).

    Returns:
        The mean, one number.

    Raises:
        ValueError: the shapes differ, or a label is neither -1 nor 1.

    Equation: :eq:`eq-hinge-loss`
    Section: :ref:`sec-soft-margin`
    Source: Cortes, Vapnik (1995), Support-vector networks, doi:10.1007/BF00994018.

    Example:
        >>> hinge_loss(torch.tensor([2.0, 0.5, 0.5]), torch.tensor([1.0, 1.0, -1.0]))
        tensor(0.6667)

    In production: sklearn.metrics.hinge_loss.
    """
    if scores.shape != y.shape:
        raise ValueError(f"scores and y differ in shape: {tuple(scores.shape)}, {tuple(y.shape)}")
    if not (y.abs() == 1).all():
        raise ValueError(f"hinge_loss needs labels -1 and 1, got {y.unique().tolist()[:5]}")
    return (1 - y * scores).clamp(min=0).mean()


def geometric_margin(
    X: Float[Tensor, "n d"], y: Float[Tensor, " n"], w: Float[Tensor, " d"], b: float = 0.0
) -> Float[Tensor, " n"]:
    r"""The signed distance of each example from the hyperplane, $y(w^\top x + b)/\|w\|$.

    Args:
        X: examples as rows, shape (n, d).
        y: labels -1 or 1, shape (n,).
        w: normal of the hyperplane, not zero, shape (d,).
        b: intercept.

    Returns:
        Distances, positive on the right side, shape (n,).

    Raises:
        ValueError: w is zero, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-geometric-margin`
    Section: :ref:`sec-maximum-margin`

    Example:
        >>> X, y = torch.tensor([[3.0, 4.0]]), torch.tensor([1.0])
        >>> geometric_margin(X, y, torch.tensor([0.6, 0.8]))
        tensor([5.])

    In production: y * model.decision_function(X) / numpy.linalg.norm(model.coef_).
    """
    require_one_matrix("geometric_margin", X)
    if y.shape != X.shape[:1] or w.shape != X.shape[1:]:
        raise ValueError(
            f"geometric_margin: X {tuple(X.shape)}, y {tuple(y.shape)} and w {tuple(w.shape)} do "
            "not fit"
        )
    return y * (X @ w + b) / _length("geometric_margin", w)


def margin_width(w: Float[Tensor, " d"]) -> Float[Tensor, ""]:
    r"""The distance between the hyperplanes $f = 1$ and $f = -1$, $2/\|w\|$.

    The nearest example of separable data is half of it away from the boundary.

    Args:
        w: weights, not zero, shape (d,).

    Returns:
        The width, one number.

    Raises:
        ValueError: w is zero.

    Equation: :eq:`eq-margin-width`
    Section: :ref:`sec-maximum-margin`

    Example:
        >>> margin_width(torch.tensor([0.5, 0.5]))
        tensor(2.8284)

    In production: 2 / numpy.linalg.norm(model.coef_).
    """
    return 2 / _length("margin_width", w)


def _length(name: str, w: Tensor) -> Tensor:
    length = torch.linalg.vector_norm(w)
    if not length > 0:
        raise ValueError(f"{name}: w is zero, which is no hyperplane")
    return length


class LinearSVM(Classifier):
    r"""The soft margin by subgradient steps on $\tfrac12\|w\|^2 + C\sum_i\max(0, 1 - y_i f(x_i))$.

    This is Pegasos, with an intercept that is not penalized and the mean of the weights over the
    second half of the steps. Scale the features first. It gives two or three digits quickly; for
    more use `KernelSVM(kernel="linear")`.

    Args:
        C: the price of margin violations, positive.
        epochs: how often each example is used.
        batch_size: examples in a step.
        random_state: seed or generator of the order of the examples.

    Attributes:
        coef_: weights, shape (1, d).
        intercept_: b, shape (1,).
        classes_: the two labels; the second is y = 1.
        n_features_in_: the number d of features.

    Raises:
        ValueError: not two classes, C that is not positive, X that is no finite matrix, or another
            number of features than in `fit`.

    Equations: :eq:`eq-soft-margin`, :eq:`eq-hinge-subgradient`
    Section: :ref:`sec-soft-margin`
    Source: Shalev-Shwartz, Singer, Srebro, Cotter (2011), Pegasos: primal estimated sub-gradient
        solver for SVM, doi:10.1007/s10107-010-0420-4.

    Example:
        >>> X, y = torch.tensor([[1.0, 1.0], [-1.0, -1.0]]), torch.tensor([1, 0])
        >>> model = LinearSVM(epochs=2000, random_state=0).fit(X, y)
        >>> model.coef_.round(decimals=1)
        tensor([[0.5000, 0.5000]])

    In production: sklearn.svm.LinearSVC(loss="hinge"), whose intercept is penalized.
    """

    def __init__(self, C=1.0, *, epochs=200, batch_size=32, random_state=None) -> None:
        self.C = C
        self.epochs = epochs
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X, y) -> "LinearSVM":
        """Find the hyperplane for examples of shape (n, d)."""
        A, codes = self._classification(X, y, min_classes=2)
        sign = signs(self, codes).to(A)
        if not self.C > 0:
            raise ValueError(f"C must be positive, got {self.C}")
        n, d = A.shape
        lam = 1 / (n * self.C)
        first = int(A.square().sum(1).mean().item() / lam) + 1  # a first step of lr 1 / |x|^2
        generator = as_generator(self.random_state)
        w, b = A.new_zeros(d), A.new_zeros(())
        mean_w, mean_b, taken = A.new_zeros(d), A.new_zeros(()), 0
        t = 0
        for epoch in range(self.epochs):
            for x, s in iterate_minibatches(A, sign, self.batch_size, generator=generator):
                lr = 1 / (lam * (first + t))
                pull = torch.where(s * (x @ w + b) < 1, s, 0) / len(s)
                w = (1 - lr * lam) * w + lr * (pull @ x)
                b = b + lr * pull.sum()
                t += 1
                if 2 * epoch >= self.epochs:
                    taken += 1
                    mean_w = mean_w + (w - mean_w) / taken
                    mean_b = mean_b + (b - mean_b) / taken
        self._learn(X, coef_=mean_w[None], intercept_=mean_b[None])
        return self

    def decision_function(self, X):
        """The signed score f(x), shape (n,); the margin is where it is 1 or -1."""
        A = self._inputs(X)
        return like(X, (A @ recall(self.coef_, A).T + recall(self.intercept_, A))[:, 0])

    def predict(self, X):
        """The label of each example, shape (n,)."""
        return self._labels(X, (torch.as_tensor(self.decision_function(X)) > 0).long())

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
