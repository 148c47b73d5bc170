"""The first neurons: a threshold, and the rule that learned from its mistakes."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor

from dlcore.classical.estimator import Classifier, as_generator, like, recall


def mcculloch_pitts(
    x: Shaped[Tensor, "*batch d"], w: Shaped[Tensor, " d"], threshold: float
) -> Int64[Tensor, "*batch"]:
    r"""The neuron of 1943, $y = 1$ if $w^\top x \ge \theta$, else $0$.

    Args:
        x: inputs, usually 0 and 1, shape (..., d).
        w: weights, shape (d,): positive ones excite, negative ones inhibit.
        threshold: the $\theta$ that the sum must reach.

    Returns:
        0 or 1 for each input, shape (...).

    Raises:
        ValueError: as many weights as inputs are needed.

    Equation: :eq:`eq-mcculloch-pitts`.
    Section: :ref:`sec-first-neurons`.

    Source: McCulloch, Pitts (1943), A logical calculus of the ideas immanent in nervous activity,
    doi:10.1007/BF02478259.

    Example:
        >>> bits = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
        >>> mcculloch_pitts(bits, torch.tensor([1, 1]), threshold=2)
        tensor([0, 0, 0, 1])

    In production: nothing to import; it is history.
    """
    _check_weights(x, w)
    return ((x * w).sum(-1) >= threshold).long()


def neuron(
    x: Float[Tensor, "*batch d"],
    w: Float[Tensor, " d"],
    b: float | Float[Tensor, ""],
    f: Callable[[Tensor], Tensor],
) -> Float[Tensor, "*batch"]:
    r"""The artificial neuron $a = f(w^\top x + b)$.

    Args:
        x: inputs, shape (..., d).
        w: weights, shape (d,).
        b: the bias.
        f: the activation function, applied entry by entry.

    Returns:
        Activations, shape (...).

    Raises:
        ValueError: as many weights as inputs are needed.

    Equation: :eq:`eq-neuron`.
    Section: :ref:`sec-first-neurons`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.3.

    Example:
        >>> neuron(torch.tensor([1.0, 2.0]), torch.tensor([3.0, -1.0]), 0.5, torch.relu)
        tensor(1.5000)

    In production: a layer of them is torch.nn.Linear followed by the activation.
    """
    _check_weights(x, w)
    return f(x @ w + b)


def _check_weights(x: Tensor, w: Tensor) -> None:
    if x.ndim < 1 or w.ndim != 1 or x.shape[-1] != len(w):
        raise ValueError(
            "w needs one weight for each input, x has shape "
            f"{tuple(x.shape)} and w has shape {tuple(w.shape)}"
        )


class Perceptron(Classifier):
    r"""Rosenblatt's rule: after a mistake on $(x, y)$, $w \leftarrow w + \eta y x$.

    Labels count as $y = \pm 1$; a mistake is $y (w^\top x + b) \le 0$. The examples are visited one
    by one, again and again, until an epoch passes without a mistake. If a line with margin
    $\gamma$ separates examples no longer than $R$, that takes at most $(R / \gamma)^2$ mistakes.

    Args:
        eta: step size $\eta$, positive. Starting from zero it scales the weights and nothing else.
        max_iter: most epochs.
        shuffle: a new order in each epoch.
        random_state: seed or generator of the orders.

    Attributes:
        classes_: the two labels.
        coef_: weights, shape (1, d).
        intercept_: bias, shape (1,).
        n_iter_: epochs done.
        n_mistakes_: mistakes, which are updates, in all epochs.
        converged_: whether the last epoch had no mistake.
        path_: weights and bias after each update and at the start, shape (mistakes + 1, d + 1).

    Raises:
        ValueError: not two classes, or a setting out of range.

    Equation: :eq:`eq-perceptron-rule`.
    Section: :ref:`sec-perceptron`.

    Source: Rosenblatt (1958), The perceptron, doi:10.1037/h0042519; Novikoff (1962), On convergence
    proofs on perceptrons.

    Example:
        >>> bits = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        >>> Perceptron().fit(bits, [0, 0, 0, 1]).predict(bits)
        tensor([0, 0, 0, 1])
        >>> Perceptron(max_iter=100).fit(bits, [0, 1, 1, 0]).converged_
        False

    In production: sklearn.linear_model.Perceptron.
    """

    def __init__(self, *, eta=1.0, max_iter=1000, shuffle=False, random_state=None):
        self.eta = eta
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.poor_score = True
        return tags

    def fit(self, X, y):
        """Learn from examples of shape (n, d) with n labels of two kinds."""
        if not self.eta > 0 or self.max_iter < 1:
            raise ValueError(
                f"eta must be positive and max_iter at least 1, got {self.eta}, {self.max_iter}"
            )
        numbers, codes = self._classification(X, y, min_classes=2)
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported. The type of the target is multiclass: "
                f"got {len(self.classes_)} classes"
            )
        signs = (2 * codes - 1).to(numbers)
        inputs = torch.cat([numbers, numbers.new_ones(len(numbers), 1)], dim=1)
        generator = as_generator(self.random_state) if self.shuffle else None
        w = inputs.new_zeros(inputs.shape[1])
        path, self.n_iter_, self.converged_ = [w], 0, False
        while self.n_iter_ < self.max_iter and not self.converged_:
            order = torch.arange(len(inputs))
            if self.shuffle:
                order = torch.randperm(len(inputs), generator=generator)
            updates = self._epoch(w, (signs[:, None] * inputs)[order])
            path += updates
            w = path[-1]
            self.n_iter_, self.converged_ = self.n_iter_ + 1, not updates
        self.n_mistakes_ = len(path) - 1
        self._learn(X, coef_=w[None, :-1], intercept_=w[-1:], path_=torch.stack(path))
        return self

    def _epoch(self, w: Tensor, signed: Tensor) -> list[Tensor]:
        """The weights after each mistake; between two they rest, so one product finds the next."""
        updates: list[Tensor] = []
        place = 0
        while place < len(signed):
            mistakes = (signed[place:] @ w <= 0).nonzero()
            if not len(mistakes):
                break
            place += int(mistakes[0]) + 1
            w = w + self.eta * signed[place - 1]
            updates.append(w)
        return updates

    def decision_function(self, X):
        r"""Scores $w^\top x + b$, shape (n,): positive for the second class."""
        numbers = self._inputs(X)
        return like(X, self._scores(numbers))

    def predict(self, X):
        """Labels, shape (n,)."""
        return self._labels(X, (self._scores(self._inputs(X)) > 0).long())

    def _scores(self, numbers: Tensor) -> Tensor:
        return numbers @ recall(self.coef_, numbers)[0] + recall(self.intercept_, numbers)
