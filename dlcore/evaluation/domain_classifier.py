"""Whether a classifier can tell production from training data."""

from typing import Any

import numpy as np
import torch
from sklearn.base import clone

from dlcore.classical import RandomForestClassifier, StratifiedKFold
from dlcore.classical.estimator import as_array
from dlcore.evaluation.threshold_curves import roc_auc


def domain_classifier_auc(
    reference: Any, current: Any, classifier: Any = None, *, folds: int = 5, random_state: int = 0
) -> float:
    """How well a classifier tells current from reference examples that it has not seen.

    It sees all features at once, so that it finds what tests of single features miss: a change of
    their correlation, say.

    Args:
        reference: examples of training, shape (n, d), array or tensor.
        current: examples of production, shape (m, d).
        classifier: with `fit` and `predict_proba`; by default a random forest of 50 trees. What it
            cannot learn is not found.
        folds: of the cross-validation that scores every example by a classifier fitted without it.
        random_state: seed of the folds and of the default classifier.

    Returns:
        The area under the ROC curve: about 0.5 if nothing can be told apart, 1 if everything can.

    Raises:
        ValueError: other numbers of features, or fewer examples than folds on a side.

    Section: :ref:`sec-domain-classifier`.

    Source: Lopez-Paz, Oquab (2017), Revisiting classifier two-sample tests, arXiv:1610.06545.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> x = torch.randn(60, 1, generator=generator)
        >>> y = torch.randn(60, 1, generator=generator)
        >>> same, turned = torch.cat([x, y], 1), torch.cat([x, x], 1)
        >>> domain_classifier_auc(same, turned) > 0.8
        True

    In production: sklearn.model_selection.cross_val_predict and sklearn.metrics.roc_auc_score.
    """
    old, new = (np.asarray(as_array(values), dtype=np.float64) for values in (reference, current))
    if old.ndim != 2 or old.shape[1:] != new.shape[1:]:
        raise ValueError(
            f"examples of shapes (n, d) and (m, d) are needed, got {old.shape} and {new.shape}"
        )
    if min(len(old), len(new)) < folds:
        raise ValueError(f"{folds} folds need as many examples, got {len(old)} and {len(new)}")
    if classifier is None:
        classifier = RandomForestClassifier(50, random_state=random_state)
    X, y = np.concatenate([old, new]), np.repeat([0, 1], [len(old), len(new)])
    scores = np.empty(len(y))
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=random_state).split(X, y):
        model = clone(classifier).fit(X[train], y[train])
        scores[test] = as_array(model.predict_proba(X[test]))[:, 1]
    return roc_auc(torch.from_numpy(scores), torch.from_numpy(y))
