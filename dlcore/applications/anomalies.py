"""What is unlike the rest: badly rebuilt by a narrow network, or quickly told apart by cuts."""

import numpy as np
import torch
from jaxtyping import Float
from sklearn.base import OutlierMixin
from torch import Tensor

from dlcore.autoencoder import Autoencoder, train_autoencoder
from dlcore.classical.estimator import Estimator, as_generator, like, recall


class AutoencoderDetector(OutlierMixin, Estimator):
    """A network that must squeeze examples through few numbers rebuilds badly what it rarely saw.

    Features are brought to one scale; the error is the mean of the squared differences.

    Args:
        code: numbers that an example is squeezed to.
        hidden: width of a layer before and after; 0 for none, which finds the principal components.
        contamination: the share of the training examples that is called strange.
        epochs: passes over the examples.
        lr: Adam's step size.
        batch_size: examples in a step.
        random_state: seed of the weights and the order.

    Attributes:
        network_: the `Autoencoder` of scaled features.
        means_: of the features, shape (d,).
        scales_: their standard deviations, shape (d,).
        offset_: the score below which an example is strange.
        n_features_in_: the number d of features.

    Raises:
        ValueError: code or epochs below 1, a share outside (0, 0.5], X that is no finite matrix or
            has another number of features than in `fit`.

    Section: :ref:`sec-fraud-credit-markets`.

    Source: Hawkins, He, Williams, Baxter (2002), Outlier detection using replicator neural
        networks, doi:10.1007/3-540-46145-0_17.

    Example:
        >>> line = torch.linspace(-1, 1, 50)[:, None] * torch.tensor([1.0, 2.0, -1.0])
        >>> detector = AutoencoderDetector(code=1, hidden=0, random_state=0).fit(line)
        >>> detector.predict(torch.tensor([[0.2, 0.4, -0.2], [0.2, -0.4, 0.9]]))
        tensor([ 1, -1])

    In production: sklearn.ensemble.IsolationForest first; pyod for others.
    """

    def __init__(
        self,
        code=2,
        hidden=16,
        *,
        contamination=0.05,
        epochs=200,
        lr=0.01,
        batch_size=64,
        random_state=None,
    ) -> None:
        self.code = code
        self.hidden = hidden
        self.contamination = contamination
        self.epochs = epochs
        self.lr = lr
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X, y=None):
        """Train on examples of shape (n, d), most of which should be usual."""
        if min(self.code, self.epochs, self.batch_size) < 1 or not 0 < self.contamination <= 0.5:
            raise ValueError(
                "expected code, epochs and batch_size of at least 1 and a contamination in "
                f"(0, 0.5], got {self.code}, {self.epochs}, {self.batch_size}, {self.contamination}"
            )
        numbers = self._inputs(X, reset=True, min_samples=2)
        scales = numbers.std(0)
        scales = torch.where(scales > 0, scales, 1.0)
        means = numbers.mean(0)
        self._learn(X, means_=means, scales_=scales)
        self._train((numbers - means) / scales)
        scores = -self._errors(numbers)
        self.offset_ = float(torch.quantile(scores, self.contamination))
        return self

    def _train(self, Z: Tensor) -> None:
        generator = as_generator(self.random_state)
        d = Z.shape[1]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(torch.randint(2**62, (), generator=generator)))
            sizes = [d, self.hidden, self.code] if self.hidden else [d, self.code]
            self.network_ = Autoencoder(sizes, "tanh").to(Z)
        train_autoencoder(
            self.network_, Z, epochs=self.epochs, batch_size=self.batch_size, lr=self.lr,
            generator=generator, progress=False,
        )  # fmt: skip

    def _errors(self, numbers: Tensor) -> Tensor:
        Z = (numbers - recall(self.means_, numbers)) / recall(self.scales_, numbers)
        return self.network_.to(Z).errors(Z) / Z.shape[1]

    def score_samples(self, X):
        """Minus the error of each example, shape (n,): the lower, the stranger."""
        return like(X, -self._errors(self._inputs(X)))

    def decision_function(self, X):
        """`score_samples` minus `offset_`, shape (n,): negative for what is strange."""
        return self.score_samples(X) - self.offset_

    def predict(self, X):
        """-1 for what is strange, 1 for the rest, shape (n,)."""
        strange = self.decision_function(X) < 0
        return torch.where(strange, -1, 1) if isinstance(X, Tensor) else np.where(strange, -1, 1)


def isolation_score(path_lengths: Float[Tensor, "*n"], n: int) -> Float[Tensor, "*n"]:
    r"""How strange an example is that random cuts isolate after so many: $2^{-E[h] / c(n)}$.

    $c(n) = 2 H_{n-1} - 2 (n - 1) / n$ is how many cuts it takes on average to find no example in a
    random search tree of n.

    Args:
        path_lengths: mean number of cuts over the trees, shape (...).
        n: examples that each tree was grown from.

    Returns:
        Near 1 for what is isolated at once, 0.5 for the average, below for the thick of it.

    Raises:
        ValueError: fewer than 2 examples or negative path lengths.

    Equation: :eq:`eq-isolation-score`.
    Section: :ref:`sec-fraud-credit-markets`.

    Source: Liu, Ting, Zhou (2008), Isolation forest, doi:10.1109/ICDM.2008.17.

    Example:
        >>> isolation_score(torch.tensor([0.0, 10.24, 30.0]), 256).round(decimals=2)
        tensor([1.0000, 0.5000, 0.1300])

    In production: sklearn.ensemble.IsolationForest, whose score_samples is minus this.
    """
    if n < 2 or bool((path_lengths < 0).any()):
        raise ValueError(f"expected n >= 2 and path lengths of at least 0, got n = {n}")
    harmonic = float((1 / torch.arange(1, n, dtype=torch.float64)).sum())
    return 2 ** (-path_lengths / (2 * harmonic - 2 * (n - 1) / n))
