"""Losses against torch and scikit-learn; worked examples, extremes, errors."""

import functools
import math

import pytest
import sklearn.metrics
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

REDUCTIONS = ["mean", "sum", "none"]


@pytest.fixture
def logits(generator):
    return 3 * torch.randn(7, 5, generator=generator, dtype=torch.float64)


@pytest.fixture
def labels(generator):
    return torch.randint(5, (7,), generator=generator)


@pytest.fixture
def soft(generator):
    return torch.rand(7, 5, generator=generator, dtype=torch.float64)


@pytest.mark.reference("torch.nn.functional.mse_loss", of="dlcore.nn.mse_loss")
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_mse(reduction, logits, soft):
    assert_parity(nn.mse_loss, F.mse_loss, logits, soft, reduction=reduction)
    expected = sklearn.metrics.mean_squared_error(soft, logits)
    assert_close(nn.mse_loss(logits, soft), expected)


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy", of="dlcore.nn.binary_cross_entropy"
)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binary_cross_entropy(reduction, logits, soft):
    p = torch.sigmoid(logits)
    for y in (soft, (soft > 0.5).double()):
        ours = functools.partial(nn.binary_cross_entropy, targets=y.float())
        assert_close(ours(p.float()), F.binary_cross_entropy(p.float(), y.float()), rtol=1e-5)
        loss = nn.binary_cross_entropy(p, y, reduction)
        assert_close(loss, F.binary_cross_entropy(p, y, reduction=reduction))
        x = p.clone().requires_grad_()
        assert_close(
            torch.autograd.grad(nn.binary_cross_entropy(x, y, reduction).sum(), x)[0],
            torch.autograd.grad(F.binary_cross_entropy(x, y, reduction=reduction).sum(), x)[0],
        )


def test_binary_cross_entropy_against_scikit_learn(logits, soft):
    p, y = torch.sigmoid(logits).flatten(), (soft > 0.5).double().flatten()
    assert_close(nn.binary_cross_entropy(p, y), sklearn.metrics.log_loss(y, p))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_certain_probabilities_cost_0_or_100_as_in_torch(dtype):
    p = torch.tensor([0.0, 1.0, 0.0, 1.0], dtype=dtype, requires_grad=True)
    y = torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=dtype)
    loss = nn.binary_cross_entropy(p, y, reduction="none")
    assert loss.tolist() == [0, 0, 100, 100]
    assert torch.equal(loss, F.binary_cross_entropy(p, y, reduction="none"))
    assert torch.autograd.grad(loss.sum(), p)[0].isfinite().all()


def test_tiny_probabilities_cost_at_most_100_as_in_torch():
    p = torch.tensor([1e-30, 1e-43, 1e-44, 1e-300], dtype=torch.float64)
    y = torch.ones_like(p)
    loss = nn.binary_cross_entropy(p, y, "none")
    assert_close(loss, F.binary_cross_entropy(p, y, reduction="none"))
    assert loss.tolist()[2:] == [100, 100]


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy_with_logits",
    of="dlcore.nn.binary_cross_entropy_with_logits",
)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binary_cross_entropy_with_logits(reduction, logits, soft):
    ours, theirs = nn.binary_cross_entropy_with_logits, F.binary_cross_entropy_with_logits
    extremes = torch.tensor([0.0, 0.0, 800.0, -800.0, 1e30, -1e30, 40.0, -40.0])
    certain = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0])
    for z, y in ((logits, soft), (extremes, certain)):
        assert_parity(
            lambda z, y=y: ours(z, y.to(z), reduction),
            lambda z, y=y: theirs(z, y.to(z), reduction=reduction),
            z,
        )
    assert_close(ours(logits, soft), nn.binary_cross_entropy(torch.sigmoid(logits), soft))


def test_bce_from_logits_at_the_extremes():
    z = torch.tensor([0.0, 800.0, -800.0, 800.0, -800.0, 50.0], dtype=torch.float64)
    y = torch.tensor([1.0, 1.0, 0.0, 0.0, 1.0, 1.0], dtype=torch.float64)
    loss = nn.binary_cross_entropy_with_logits(z, y, reduction="none")
    expected = torch.tensor([math.log(2), 0, 0, 800, 800, math.exp(-50)], dtype=torch.float64)
    assert_close(loss, expected, rtol=1e-14, atol=0)


def test_the_gradient_in_the_logits_is_prediction_minus_target(logits, labels, soft):
    z = logits.clone().requires_grad_()
    (binary,) = torch.autograd.grad(nn.binary_cross_entropy_with_logits(z, soft, "sum"), z)
    assert_close(binary, torch.sigmoid(logits) - soft)
    (multiclass,) = torch.autograd.grad(nn.cross_entropy(z, labels), z)
    assert_close(multiclass, (torch.softmax(logits, 1) - F.one_hot(labels, 5)) / 7)


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.nn.cross_entropy")
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_cross_entropy(reduction, logits, labels, soft):
    assert_parity(nn.cross_entropy, F.cross_entropy, logits, labels, reduction=reduction)
    assert_parity(nn.cross_entropy, F.cross_entropy, 1e3 * logits, labels, reduction=reduction)
    p = soft / soft.sum(1, keepdim=True)
    assert_parity(
        lambda z: nn.cross_entropy(z, p.to(z), reduction),
        lambda z: F.cross_entropy(z, p.to(z), reduction=reduction),
        logits,
    )


def test_one_hot_rows_mean_the_same_as_labels(logits, labels):
    by_label = nn.cross_entropy(logits, labels)
    assert_close(nn.cross_entropy(logits, F.one_hot(labels, 5)), by_label)
    assert_close(nn.cross_entropy(logits, F.one_hot(labels, 5).double()), by_label)
    assert_close(nn.cross_entropy(logits, labels.to(torch.uint8)), by_label)


def test_cross_entropy_against_scikit_learn(logits, labels):
    expected = sklearn.metrics.log_loss(labels, torch.softmax(logits, 1), labels=range(5))
    assert_close(nn.cross_entropy(logits, labels), expected)


def test_an_impossible_class_that_is_not_the_target_costs_nothing():
    z = torch.tensor([[0.0, 0.0, -math.inf]], requires_grad=True)
    y = torch.tensor([[1.0, 0.0, 0.0]])
    loss = nn.cross_entropy(z, y)
    assert_close(loss, math.log(2), rtol=1e-6)
    assert torch.autograd.grad(loss, z)[0].tolist() == [[-0.5, 0.5, 0]]
    assert nn.cross_entropy(z, torch.tensor([2])) == math.inf


def test_the_chapters_examples():
    z = torch.tensor([[2.0, 1.0, 0.1]], dtype=torch.float64)
    assert_close(nn.softmax(z), [[0.659001, 0.242433, 0.098566]], rtol=1e-5)
    assert nn.cross_entropy(z, torch.tensor([0])).item() == pytest.approx(0.417030, abs=5e-7)
    scores, cat = torch.tensor([[3.2, 5.1, -1.7]], dtype=torch.float64), torch.tensor([0])
    assert_close(scores.exp(), [[24.5325, 164.0219, 0.18268]], rtol=1e-4)
    assert_close(nn.softmax(scores), [[0.12998, 0.86905, 0.00097]], rtol=1e-2)
    assert nn.cross_entropy(scores, cat).item() == pytest.approx(2.0404, abs=5e-5)
    assert nn.cross_entropy(scores, cat).item() / math.log(10) == pytest.approx(0.8861, abs=5e-5)
    assert nn.multiclass_hinge_loss(scores, cat).item() == pytest.approx(2.9, abs=1e-12)
    torchs = nn.multiclass_hinge_loss(scores, cat, over_classes="mean").item()
    assert torchs == pytest.approx(0.9667, abs=5e-5)


@pytest.mark.parametrize("k", [2, 10, 1000])
def test_the_initial_loss(k):
    z, y = torch.zeros(7, k, dtype=torch.float64), torch.arange(7) % k
    assert_close(nn.cross_entropy(z, y), math.log(k))
    assert_close(nn.multiclass_hinge_loss(z, y), k - 1.0)


@pytest.mark.reference(
    "torch.nn.functional.multi_margin_loss", of="dlcore.nn.multiclass_hinge_loss"
)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("margin", [1.0, 0.5])
def test_hinge(reduction, margin, logits, labels):
    assert_parity(
        functools.partial(nn.multiclass_hinge_loss, over_classes="mean"),
        F.multi_margin_loss,
        logits,
        labels,
        margin=margin,
        reduction=reduction,
    )
    assert_close(
        nn.multiclass_hinge_loss(logits, labels, margin, reduction=reduction),
        5 * F.multi_margin_loss(logits, labels, margin=margin, reduction=reduction),
    )


def test_hinge_at_the_kink_has_slope_0_as_in_torch():
    z = torch.tensor([[2.0, 1.0, -1.0]])
    assert_parity(
        functools.partial(nn.multiclass_hinge_loss, over_classes="mean"),
        F.multi_margin_loss,
        z,
        torch.tensor([0]),
    )


@given(st.lists(st.floats(-30, 30), min_size=5, max_size=5), st.integers(0, 4), st.floats(-99, 99))
def test_classification_losses_do_not_see_a_shift(row, label, c):
    z, y = torch.tensor([row], dtype=torch.float64), torch.tensor([label])
    for loss in (nn.cross_entropy, nn.multiclass_hinge_loss):
        assert_close(loss(z + c, y), loss(z, y), rtol=1e-10, atol=1e-11)
        assert loss(z, y) >= 0


@pytest.mark.parametrize(
    "loss",
    [
        nn.mse_loss,
        nn.binary_cross_entropy_with_logits,
        lambda z, y: nn.binary_cross_entropy(torch.sigmoid(z), y),
        lambda z, y: nn.cross_entropy(z, torch.softmax(y, 1)),
    ],
)
def test_first_and_second_derivatives(loss, logits, soft):
    z = logits[:3].clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: loss(z, soft[:3]), z)
    assert torch.autograd.gradgradcheck(lambda z: loss(z, soft[:3]), z)


def test_a_gradient_per_example_by_vmap(logits, labels):
    def one(z, y):
        return nn.cross_entropy(z[None], y[None])

    gradients = torch.func.vmap(torch.func.grad(one))(logits, labels)
    assert_close(gradients, torch.softmax(logits, 1) - F.one_hot(labels, 5))


def test_values_are_not_looked_at_under_torch_compile(monkeypatch):
    """Looking would break the graph; so a target of 2 passes there, as it does in torch."""
    z, y = torch.zeros(3), torch.full((3,), 2.0)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    expected = F.binary_cross_entropy_with_logits(z, y)
    assert_close(nn.binary_cross_entropy_with_logits(z, y), expected, rtol=1e-6)


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.nn.output_head")
@pytest.mark.reference("torch.nn.functional", of="dlcore.nn.OutputHead")
@pytest.mark.parametrize(
    ("task", "activation", "loss"),
    [
        ("regression", lambda z: z, F.mse_loss),
        ("binary", torch.sigmoid, F.binary_cross_entropy_with_logits),
        ("multiclass", functools.partial(torch.softmax, dim=1), F.cross_entropy),
    ],
)
def test_output_heads_pair_activation_and_loss(task, activation, loss, logits, soft):
    head = nn.output_head(task)
    targets = torch.softmax(soft, 1)
    z = logits.clone().requires_grad_()
    assert_close(head.activation(z), activation(z))
    assert_close(head.loss(z, targets), loss(z, targets))
    (gradient,) = torch.autograd.grad(head.loss(z, targets, reduction="sum"), z)
    assert_close(gradient, (activation(logits) - targets) * (2 if task == "regression" else 1))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.mse_loss(torch.zeros(7), torch.zeros(7, 1)), r"\(7,\) and \(7, 1\)"),
        (lambda: nn.mse_loss(torch.zeros(0), torch.zeros(0)), "the mean over no examples"),
        (lambda: nn.mse_loss(torch.zeros(3), torch.zeros(3), "average"), "got 'average'"),
        (
            lambda: nn.binary_cross_entropy(torch.tensor([-0.1]), torch.ones(1)),
            "probabilities must lie between 0 and 1",
        ),
        (
            lambda: nn.binary_cross_entropy(torch.tensor([math.nan]), torch.ones(1)),
            "probabilities must lie between 0 and 1",
        ),
        (
            lambda: nn.binary_cross_entropy(torch.ones(1), torch.tensor([2.0])),
            "targets must lie between 0 and 1",
        ),
        (
            lambda: nn.binary_cross_entropy_with_logits(torch.ones(7, 1), torch.ones(7)),
            r"\(7, 1\) and \(7,\)",
        ),
        (
            lambda: nn.binary_cross_entropy_with_logits(torch.ones(1), torch.tensor([-1.0])),
            "targets must lie between 0 and 1",
        ),
        (lambda: nn.cross_entropy(torch.zeros(3), torch.zeros(3)), r"\(n, k\), got \(3,\)"),
        (
            lambda: nn.cross_entropy(torch.zeros(3, 5), torch.tensor([0, 5, 1])),
            "labels must lie between 0 and 4",
        ),
        (
            lambda: nn.cross_entropy(torch.zeros(3, 5), torch.tensor([0, -1, 1])),
            "labels must lie between 0 and 4",
        ),
        (
            lambda: nn.cross_entropy(torch.zeros(3, 5), torch.zeros(2, dtype=torch.long)),
            r"3 labels are needed, got targets of shape \(2,\)",
        ),
        (
            lambda: nn.cross_entropy(torch.zeros(3, 5), torch.zeros(3, 1)),
            r"\(3, 5\) and \(3, 1\)",
        ),
        (
            lambda: nn.cross_entropy(torch.zeros(1, 2), torch.tensor([[-0.5, 1.5]])),
            "must not be negative",
        ),
        (
            lambda: nn.cross_entropy(torch.zeros(1, 2), torch.tensor([[1, 1]])),
            "must sum to 1",
        ),
        (
            lambda: nn.cross_entropy(torch.zeros(0, 2), torch.zeros(0, dtype=torch.long)),
            "the mean over no examples",
        ),
        (
            lambda: nn.multiclass_hinge_loss(torch.zeros(3, 5), torch.tensor([5, 0, 0])),
            "labels must lie between 0 and 4",
        ),
        (
            lambda: nn.multiclass_hinge_loss(
                torch.zeros(1, 5), torch.tensor([0]), over_classes="max"
            ),
            "over_classes must be 'sum' or 'mean', got 'max'",
        ),
        (
            lambda: nn.multiclass_hinge_loss(torch.zeros(5), torch.tensor([0])),
            r"\(n, k\), got \(5,\)",
        ),
        (lambda: nn.output_head("ranking"), "unknown task 'ranking': choose from regression, bi"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
