"""Probes against scikit-learn on features taken out by hand."""

import copy

import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import nn

from dlcore.data import load_digits
from dlcore.evaluation import LinearProbe, linear_probe

DIGITS = load_digits()
PARTS = (*DIGITS.train, *DIGITS.validation)


@pytest.mark.reference(
    "sklearn.linear_model.LogisticRegression", of="dlcore.evaluation.linear_probe"
)
@pytest.mark.reference(
    "sklearn.linear_model.LogisticRegression", of="dlcore.evaluation.LinearProbe"
)
def test_a_probe_is_a_linear_classifier_of_the_features():
    torch.manual_seed(0)
    backbone = nn.Sequential(nn.Linear(64, 12), nn.ReLU(), nn.Dropout(0.5), nn.Unflatten(1, (3, 4)))
    before = copy.deepcopy(backbone.state_dict())
    ours = linear_probe(backbone, *PARTS, C=0.1)
    X, y, X_val, y_val = PARTS
    with torch.no_grad():
        features, features_val = (backbone.eval()(A).flatten(1).numpy() for A in (X, X_val))
    scaler = StandardScaler().fit(features)
    theirs = LogisticRegression(C=0.1, max_iter=1000).fit(scaler.transform(features), y.numpy())
    assert isinstance(ours, LinearProbe)
    assert ours.train == theirs.score(scaler.transform(features), y.numpy())
    assert ours.validation == theirs.score(scaler.transform(features_val), y_val.numpy())
    for name, value in backbone.state_dict().items():
        assert torch.equal(value, before[name])
    assert ours.classifier.score(features_val, y_val.numpy()) == ours.validation


@pytest.mark.bad_input
def test_bad_probes_are_refused():
    X, y, X_val, y_val = PARTS
    with pytest.raises(ValueError, match="C must"):
        linear_probe(nn.Identity(), *PARTS, C=0.0)
    with pytest.raises(ValueError, match="differ in length"):
        linear_probe(nn.Identity(), X, y[:-1], X_val, y_val)
