"""What all estimators share: scikit-learn's contract, for arrays and for tensors.

Inside, everything is a tensor. `_inputs` and its relatives check what comes in and make tensors of
it, `_learn` stores what was found, and `like` gives an answer in the kind of the question.
"""

from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

ARRAYS = {"dtype": [np.float64, np.float32], "order": "C", "force_writeable": True}


def like(X, value: Tensor):
    """An answer as the caller wants it: an array for an array X, a tensor for a tensor."""
    return value if isinstance(X, Tensor) else value.cpu().numpy()


def recall(learned, X: Tensor) -> Tensor:
    """What was learned, as a tensor with the dtype and on the device of X."""
    return torch.as_tensor(learned).to(X)


def as_array(values):
    """Tensors as arrays on the CPU, everything else as it is."""
    return values.detach().cpu().numpy() if isinstance(values, Tensor) else values


def as_generator(random_state: int | torch.Generator | None) -> torch.Generator:
    """A source of random numbers; without a seed one seeded by torch's global generator."""
    if isinstance(random_state, torch.Generator):
        return random_state
    if random_state is None:
        random_state = int(torch.randint(2**62, ()))
    return torch.Generator().manual_seed(int(random_state))


class Estimator(BaseEstimator):
    """An estimator that takes arrays and tensors alike."""

    def _inputs(self, X, *, reset: bool = False, min_samples: int = 1) -> Tensor:
        """Examples as rows, checked; `reset` when fitting."""
        if not reset:
            check_is_fitted(self)
        if not isinstance(X, Tensor):
            checked = validate_data(self, X, reset=reset, ensure_min_samples=min_samples, **ARRAYS)
            return torch.from_numpy(checked)
        if X.ndim != 2:
            raise ValueError(f"X must have shape (n, d), got {tuple(X.shape)}. Reshape your data")
        if len(X) < min_samples or not X.shape[1]:
            raise ValueError(f"{min_samples} example(s) of 1 feature needed, got {tuple(X.shape)}")
        numbers = X.detach()
        if numbers.dtype not in (torch.float32, torch.float64):
            numbers = numbers.to(torch.get_default_dtype())
        if not numbers.isfinite().all():
            raise ValueError("X contains NaN or infinity")
        validate_data(self, X, reset=reset, skip_check_array=True)
        return numbers

    def _with_targets(self, X, y, *, min_samples: int = 1, numeric: bool = True) -> tuple[Any, Any]:
        """Examples as a tensor, with one target for each as it came, checked."""
        if not isinstance(X, Tensor):
            X, y = validate_data(
                self, X, as_array(y), y_numeric=numeric, ensure_min_samples=min_samples, **ARRAYS
            )
            return torch.from_numpy(X), np.require(y, requirements=["C", "W"])
        numbers = self._inputs(X, reset=True, min_samples=min_samples)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but y is None")
        y = torch.as_tensor(y).detach().to(X.device)
        if y.shape != X.shape[:1]:
            raise ValueError(f"y must have shape ({len(X)},), got {tuple(y.shape)}")
        if not y.isfinite().all():
            raise ValueError("y contains NaN or infinity")
        return numbers, y

    def _learn(self, X, **learned: Tensor) -> None:
        """Store results, as arrays if the estimator was fitted on an array X."""
        for name, value in learned.items():
            setattr(self, name, like(X, value))


class Regressor(RegressorMixin, Estimator):
    """An estimator of real numbers."""

    def _regression(self, X, y, *, min_samples: int = 1) -> tuple[Tensor, Tensor]:
        """Examples and real targets of the same dtype."""
        numbers, y = self._with_targets(X, y, min_samples=min_samples)
        return numbers, torch.as_tensor(y if isinstance(y, Tensor) else np.array(y)).to(numbers)

    def score(self, X, y, sample_weight=None) -> float:
        """The share of the variance of y that the predictions explain, $R^2$."""
        return float(r2_score(as_array(y), as_array(self.predict(X)), sample_weight=sample_weight))


class Classifier(ClassifierMixin, Estimator):
    """An estimator of labels, which may be numbers or words."""

    def _classification(
        self, X, y, *, min_samples: int = 1, min_classes: int = 1
    ) -> tuple[Tensor, Tensor]:
        """Examples, and the position of each one's label in `classes_`."""
        numbers, y = self._with_targets(X, y, min_samples=min_samples, numeric=False)
        check_classification_targets(as_array(y))
        if isinstance(y, Tensor):
            self.classes_, codes = y.unique(return_inverse=True)
        else:
            self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < min_classes:
            raise ValueError(
                f"{type(self).__name__} needs {min_classes} classes, got {len(self.classes_)} class"
            )
        return numbers, torch.as_tensor(codes, device=numbers.device)

    def _labels(self, X, codes: Tensor):
        """The labels at these positions, for answers to X."""
        if isinstance(self.classes_, Tensor):
            return like(X, self.classes_[codes.to(self.classes_.device)])
        labels = self.classes_[codes.cpu().numpy()]
        is_number = labels.dtype == bool or np.issubdtype(labels.dtype, np.number)
        if isinstance(X, Tensor) and is_number:
            return torch.from_numpy(labels).to(X.device)
        return labels

    def score(self, X, y, sample_weight=None) -> float:
        """The share of the labels that is predicted."""
        predicted = as_array(self.predict(X))
        return float(accuracy_score(as_array(y), predicted, sample_weight=sample_weight))
