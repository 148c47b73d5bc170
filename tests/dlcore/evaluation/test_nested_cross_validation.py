"""Nested cross-validation against scikit-learn's loop within a loop."""

import pytest
import sklearn.model_selection as peer
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

from dlcore.evaluation import NestedScores, nested_cross_val
from tests.parity import assert_close

GRID = {"n_neighbors": [1, 15, 60]}
IRIS = load_iris(return_X_y=True)


@pytest.mark.reference(
    "sklearn.model_selection.GridSearchCV", of="dlcore.evaluation.nested_cross_val"
)
@pytest.mark.reference("sklearn.model_selection.GridSearchCV", of="dlcore.evaluation.NestedScores")
def test_against_a_search_within_cross_validation():
    found = nested_cross_val(KNeighborsClassifier(), GRID, *IRIS, inner=3, outer=4)
    assert isinstance(found, NestedScores)
    search = peer.GridSearchCV(KNeighborsClassifier(), GRID, cv=peer.StratifiedKFold(3))
    outer = peer.cross_validate(search, *IRIS, cv=peer.StratifiedKFold(4), return_estimator=True)
    assert_close(found.scores, outer["test_score"])
    assert_close(found.inner, [fitted.best_score_ for fitted in outer["estimator"]])
    assert found.chosen == [fitted.best_params_ for fitted in outer["estimator"]]


@pytest.mark.bad_input
def test_bad_folds_are_refused():
    with pytest.raises(ValueError, match="n_splits"):
        nested_cross_val(KNeighborsClassifier(), GRID, *IRIS, outer=1)
    with pytest.raises(ValueError, match="no values"):
        nested_cross_val(KNeighborsClassifier(), {"n_neighbors": []}, *IRIS)
