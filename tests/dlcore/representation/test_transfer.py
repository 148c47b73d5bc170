"""New heads, several tasks, and self-training against torch and scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.semi_supervised import SelfTrainingClassifier
from torch import nn
from torch.nn import functional as F

from dlcore.representation import (
    MultiTaskModel,
    PseudoLabels,
    SelfTraining,
    gradient_agreement,
    multi_task_loss,
    pseudo_label,
    replace_head,
    self_train,
)
from dlcore.training import freeze
from tests.parity import assert_close


@pytest.mark.reference(
    "torch.nn.Sequential.load_state_dict", of="dlcore.representation.replace_head"
)
def test_only_the_last_linear_layer_is_new():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(4, 7), nn.ReLU())
            self.top = nn.ModuleDict({"fc": nn.Linear(7, 10, bias=False)})

        def forward(self, x):
            return self.top["fc"](self.body(x))

    model = Net().double()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    head = replace_head(freeze(model), 3)
    assert head is model.top["fc"]
    assert head.weight.dtype == torch.float64
    assert head.bias is None
    assert [p.requires_grad for p in model.parameters()] == [False, False, True]
    x = torch.randn(5, 4, dtype=torch.float64)
    assert_close(model(x), F.linear(model.body(x), head.weight))
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    model(x).sum().backward()
    optimizer.step()
    for name in ("body.0.weight", "body.0.bias"):
        assert torch.equal(model.state_dict()[name], before[name])


@pytest.mark.reference("torch.nn.Module by hand", of="dlcore.representation.MultiTaskModel")
@pytest.mark.reference("weighted sum by hand", of="dlcore.representation.multi_task_loss")
def test_gradient_is_the_weighted_sum(generator):
    trunk, kind, size = nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(3, 1)
    model = MultiTaskModel(trunk, {"kind": kind, "size": size})
    x = torch.randn(6, 4, generator=generator)
    labels, lengths = torch.tensor([0, 1, 1, 0, 1, 0]), torch.randn(6, 1, generator=generator)
    outputs = model(x)
    assert_close(outputs["kind"], kind(trunk(x)))
    losses = {"kind": F.cross_entropy, "size": F.mse_loss}
    parts = [F.cross_entropy(kind(trunk(x)), labels), F.mse_loss(size(trunk(x)), lengths)]
    total = multi_task_loss(
        outputs, {"kind": labels, "size": lengths}, losses, {"kind": 0.25, "size": 3.0}
    )
    assert_close(total, 0.25 * parts[0] + 3 * parts[1], rtol=1e-6)
    (gradient,) = torch.autograd.grad(total, trunk.weight)
    each = [torch.autograd.grad(part, trunk.weight)[0] for part in parts]
    assert_close(gradient, 0.25 * each[0] + 3 * each[1], rtol=1e-5, atol=1e-7)
    assert_close(multi_task_loss(outputs, {"size": lengths}, losses), parts[1], rtol=1e-6)


@pytest.mark.reference(
    "torch.nn.functional.cosine_similarity", of="dlcore.representation.gradient_agreement"
)
def test_agreement_of_gradients(generator):
    net = nn.Linear(4, 3).double()
    x = torch.randn(5, 4, dtype=torch.float64, generator=generator)
    losses = {name: net(x)[:, i].square().sum() for i, name in enumerate("ab")}
    losses["c"] = net(x).sum()
    found = gradient_agreement(losses, net.parameters())
    rows = [
        torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(net.parameters()))])
        for loss in (net(x)[:, 0].square().sum(), net(x)[:, 1].square().sum(), net(x).sum())
    ]
    expected = F.cosine_similarity(torch.stack(rows)[:, None], torch.stack(rows), dim=2)
    assert_close(found, expected, atol=1e-12)
    w = torch.ones(2, requires_grad=True)
    assert_close(gradient_agreement({"a": w.sum(), "b": -w.sum()}, [w])[0, 1], -1.0, rtol=1e-6)


@pytest.mark.reference("numpy.argmax and a comparison", of="dlcore.representation.pseudo_label")
@pytest.mark.reference("numpy.argmax and a comparison", of="dlcore.representation.PseudoLabels")
def test_confident_answers(generator):
    p = torch.rand(50, 4, generator=generator, dtype=torch.float64).softmax(1)
    found = pseudo_label(p, 0.3)
    assert isinstance(found, PseudoLabels)
    assert np.array_equal(found.labels, p.numpy().argmax(1))
    assert np.array_equal(found.confident, p.numpy().max(1) > 0.3)
    assert 0 < found.confident.sum() < 50
    assert not pseudo_label(torch.tensor([[0.5, 0.5]]), 0.5).confident.any()


@pytest.mark.reference(
    "sklearn.semi_supervised.SelfTrainingClassifier", of="dlcore.representation.self_train"
)
@pytest.mark.reference(
    "sklearn.semi_supervised.SelfTrainingClassifier", of="dlcore.representation.SelfTraining"
)
@pytest.mark.parametrize(
    ("model", "threshold"), [(GaussianNB(), 0.99), (LogisticRegression(C=0.1), 0.6)]
)
def test_self_training_of_scikit_learn(model, threshold):
    X, y = make_classification(
        120, 5, n_informative=3, n_classes=3, n_clusters_per_class=1, class_sep=0.6, random_state=3
    )
    y = 2 * y + 1
    known = np.arange(120) < 15
    theirs = SelfTrainingClassifier(model, threshold=threshold, max_iter=10)
    theirs.fit(X, np.where(known, y, -1))
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    ours = self_train(model, X[known], y[known], X[~known], threshold=threshold)
    assert isinstance(ours, SelfTraining)
    assert np.array_equal(ours.labels, theirs.transduction_[~known])
    assert np.array_equal(ours.rounds, np.maximum(theirs.labeled_iter_[~known], 0))
    assert ours.rounds.max() > 1
    assert np.array_equal(ours.model.predict(X.numpy()), theirs.predict(X.numpy()))
    none = self_train(model, X[known], y[known], X[~known], max_rounds=0)
    assert (none.labels == -1).all()
    plain = model.fit(X[known].numpy(), y[known].numpy())
    assert np.array_equal(none.model.predict(X.numpy()), plain.predict(X.numpy()))


@pytest.mark.bad_input
def test_what_does_not_fit():
    X, y = torch.ones(3, 2), torch.tensor([0, 1, 1])
    mse = {"a": F.mse_loss}
    for call, message in (
        (lambda: replace_head(nn.ReLU(), 3), "no linear layer within ReLU"),
        (lambda: replace_head(nn.Linear(2, 2), 3), "no linear layer within Linear"),
        (lambda: replace_head(nn.Sequential(nn.Linear(2, 2)), 0), "at least 1, got 0"),
        (lambda: MultiTaskModel(nn.Identity(), {}), "at least one head"),
        (lambda: multi_task_loss({}, {"a": X}, mse), r"without outputs: \['a'\]"),
        (lambda: multi_task_loss({"a": X}, {"a": X}, {}), r"without a loss: \['a'\]"),
        (lambda: multi_task_loss({"a": X}, {"a": X}, mse, {}), r"without a weight: \['a'\]"),
        (lambda: multi_task_loss({}, {}, {}), "no targets"),
        (lambda: gradient_agreement({}, [X]), "no losses or no parameters"),
        (lambda: pseudo_label(X / 2, 1.5), r"threshold must be in \[0, 1\]"),
        (lambda: pseudo_label(X[0]), r"of shape \(n, c\)"),
        (lambda: pseudo_label(-X), "negative numbers"),
        (lambda: self_train(GaussianNB(), X, y[:2], X), "needs shapes"),
        (lambda: self_train(GaussianNB(), X, y - 1, X), "must be at least 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
