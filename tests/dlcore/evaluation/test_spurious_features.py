"""Flip rates of known models, the IRM penalty by autograd, accuracies group by group."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import evaluation
from tests.parity import assert_close


@pytest.mark.reference("arccos of a linear model", of="dlcore.evaluation.counterfactual_flip_rate")
def test_flip_rate_of_a_linear_model(generator):
    X = torch.randn(20_000, 2, generator=generator)
    w = torch.tensor([1.0, 2.0])

    def labels(X):
        return (X @ w > 0).long()

    def scores(X):
        return torch.stack([-X @ w, X @ w], dim=1)

    def mirrored(X):
        return X * torch.tensor([1.0, -1.0])

    # signs of two projections of a normal vector differ with chance angle / pi
    exact = math.acos((1 - 4) / (1 + 4)) / math.pi
    for predict in (labels, scores):
        rate = evaluation.counterfactual_flip_rate(predict, X, mirrored)
        assert rate == pytest.approx(exact, abs=0.014)  # 4 standard errors
    blind = evaluation.counterfactual_flip_rate(lambda X: (X[:, 0] > 0).long(), X, mirrored)
    assert blind == 0


def by_autograd(logits, y):
    """The penalty as published: the gradient in a scalar in front of the logits."""
    penalties = []
    for z, labels in zip(logits, y, strict=True):
        w = torch.ones((), dtype=z.dtype, requires_grad=True)
        if z.ndim == 1:
            risk = F.binary_cross_entropy_with_logits(w * z, labels.to(z.dtype))
        else:
            risk = F.cross_entropy(w * z, labels)
        penalties.append(torch.autograd.grad(risk, w, create_graph=True)[0] ** 2)
    return torch.stack(penalties).mean()


@pytest.mark.reference("torch.autograd.grad", of="dlcore.evaluation.irm_penalty")
@pytest.mark.parametrize("shape", [(), (2,), (5,)])
def test_irm_penalty(shape, generator):
    sizes, k = (6, 9), shape[0] if shape else 2
    z = [
        torch.randn(n, *shape, generator=generator, dtype=torch.float64).requires_grad_()
        for n in sizes
    ]
    y = [torch.randint(0, k, (n,), generator=generator) for n in sizes]
    ours, theirs = evaluation.irm_penalty(z, y), by_autograd(z, y)
    assert_close(ours, theirs)
    gradients = zip(torch.autograd.grad(ours, z), torch.autograd.grad(theirs, z), strict=True)
    for mine, expected in gradients:
        assert_close(mine, expected)


def test_irm_is_not_the_penalty_of_all_environments_together():
    z = torch.full((4,), 0.3)
    y = [torch.tensor([1, 1, 1, 1]), torch.tensor([0, 0, 0, 0])]
    pooled = evaluation.irm_penalty([z.repeat(2)], [torch.cat(y)])
    assert evaluation.irm_penalty([z, z], y) > 5 * pooled
    scale = torch.full((4,), math.log(3.0))
    assert evaluation.irm_penalty([scale], [torch.tensor([1, 1, 1, 0])]).item() < 1e-12


@pytest.mark.reference("sklearn.metrics.accuracy_score", of="dlcore.evaluation.group_accuracies")
@pytest.mark.reference(
    "sklearn.metrics.accuracy_score", of="dlcore.evaluation.worst_group_accuracy"
)
def test_accuracy_of_groups(generator):
    from sklearn.metrics import accuracy_score

    scores = torch.randn(60, 3, generator=generator)
    y = torch.randint(0, 3, (60,), generator=generator)
    groups = torch.randint(-2, 3, (60,), generator=generator) * 7
    expected = [
        accuracy_score(y[groups == g], scores.argmax(1)[groups == g])
        for g in sorted(set(groups.tolist()))
    ]
    assert_close(evaluation.group_accuracies(scores, y, groups), expected)
    assert evaluation.worst_group_accuracy(scores, y, groups) == pytest.approx(min(expected))
    assert evaluation.worst_group_accuracy(y, y, groups > 0) == 1


@pytest.mark.bad_input
def test_bad_input():
    X, y = torch.randn(3, 2), torch.tensor([0, 1, 1])
    flip = evaluation.counterfactual_flip_rate
    with pytest.raises(ValueError, match=r"keep the shape \(3, 2\), got \(2, 2\)"):
        flip(lambda X: y, X, lambda X: X[:2])
    with pytest.raises(ValueError, match="leave its argument as it is"):
        flip(lambda X: y, X.clone(), lambda X: X.mul_(2))
    with pytest.raises(TypeError, match="float32"):
        flip(lambda X: X[:, 0], X, lambda X: X + 1)
    with pytest.raises(ValueError, match="no predictions"):
        flip(lambda X: y[: len(X)], X[:0], lambda X: X)
    for logits, labels in (([], []), ([X], [y, y])):
        with pytest.raises(ValueError, match="at least one environment"):
            evaluation.irm_penalty(logits, labels)
    for z, labels in ((X, y[:2]), (X, y + 1), (X[:, 0], y - 1), (X[:0], y[:0])):
        with pytest.raises(ValueError, match=r"one label in 0\.\.1"):
            evaluation.irm_penalty([z], [labels])
    with pytest.raises(ValueError, match=r"groups \(2,\), y \(3,\)"):
        evaluation.worst_group_accuracy(y, y, y[:2])
