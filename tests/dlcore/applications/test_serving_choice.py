"""Fronts and choices beside a look at every pair, cascades beside a loop over examples."""

import math

import pytest
import torch

from dlcore.applications import (
    CascadeAnswers,
    CascadeClassifier,
    CascadeCurve,
    InfeasibleError,
    cascade_curve,
    constrained_choice,
    pareto_front,
)
from tests.parity import assert_close


@pytest.mark.reference("exhaustive enumeration", of="dlcore.applications.pareto_front")
def test_who_is_beaten_by_nobody(generator):
    costs = torch.randint(6, (40, 3), generator=generator).double()
    rows = costs.tolist()

    def beats(a, b):
        return all(x <= y for x, y in zip(a, b, strict=True)) and a != b

    expected = [not any(beats(other, row) for other in rows) for row in rows]
    assert pareto_front(costs).tolist() == expected
    assert pareto_front(costs * torch.tensor([1e-6, 1.0, 1e6])).tolist() == expected  # units
    assert pareto_front(torch.ones(2, 2)).tolist() == [True, True]


@pytest.mark.reference("exhaustive enumeration", of="dlcore.applications.constrained_choice")
@pytest.mark.reference("exhaustive enumeration", of="dlcore.applications.InfeasibleError")
def test_the_best_that_keeps_all_limits(generator):
    score = torch.randint(8, (30,), generator=generator).double()
    usage = torch.randint(10, (30, 2), generator=generator).double()
    for first in range(10):
        for second in (0.0, 4.0, 9.0):
            limits = torch.tensor([first, second], dtype=torch.float64)
            allowed = [i for i in range(30) if usage[i, 0] <= first and usage[i, 1] <= second]
            if not allowed:
                with pytest.raises(InfeasibleError, match="no candidate keeps"):
                    constrained_choice(score, usage, limits)
                continue
            found = constrained_choice(score, usage, limits)
            best = max(float(score[i]) for i in allowed)
            assert found in allowed
            assert float(score[found]) == best
            rivals = [usage[i].tolist() for i in allowed if float(score[i]) == best]
            assert usage[found].tolist() == min(rivals)
    # in a dent of the front, where no weighted sum looks
    dent = torch.tensor([0.70, 0.75, 0.95]), torch.tensor([[1.0], [5.0], [6.0]])
    assert constrained_choice(*dent, torch.tensor([5.0])) == 1


def softmax_model(generator, sharpness):
    W = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    return lambda X: torch.softmax(sharpness * X @ W.T, 1)


@pytest.mark.reference("closed form", of="dlcore.applications.CascadeClassifier")
@pytest.mark.reference("closed form", of="dlcore.applications.CascadeAnswers")
def test_later_models_see_only_what_is_passed_on(generator):
    X = torch.randn(50, 4, generator=generator, dtype=torch.float64)
    seen = []

    def counted(model):
        def run(rows):
            seen.append(len(rows))
            return model(rows)

        return run

    models = [softmax_model(generator, s) for s in (0.5, 1.0, 2.0)]
    cascade = CascadeClassifier([counted(m) for m in models], [0.7, 0.8], [1.0, 3.0, 10.0])
    answers = cascade.answer(X)
    assert isinstance(answers, CascadeAnswers)
    for i, x in enumerate(X):
        outputs = [model(x[None])[0] for model in models]
        stage = next(k for k in range(3) if k == 2 or outputs[k].max() >= (0.7, 0.8)[k])
        assert int(answers.stage[i]) == stage
        assert_close(answers.cost[i], (1.0, 4.0, 14.0)[stage])
        assert_close(answers.probabilities[i], outputs[stage])
    assert seen == [50, int((answers.stage > 0).sum()), int((answers.stage > 1).sum())]
    assert len(set(answers.stage.tolist())) == 3
    assert torch.equal(cascade.predict(X), cascade.predict_proba(X).argmax(1))
    alone = CascadeClassifier(models, [0.0, 0.0], [1.0, 3.0, 10.0]).answer(X)
    assert torch.equal(alone.probabilities, models[0](X))


@pytest.mark.reference("closed form", of="dlcore.applications.cascade_curve")
@pytest.mark.reference("closed form", of="dlcore.applications.CascadeCurve")
def test_the_curve_is_the_cascade_at_every_threshold(generator):
    X = torch.randn(40, 4, generator=generator, dtype=torch.float64)
    y = torch.randint(3, (40,), generator=generator)
    models = [softmax_model(generator, s) for s in (0.5, 2.0)]
    small, large = ((m(X) * 20).round() / 20 for m in models)  # with ties
    curve = cascade_curve(small, large, y)
    assert isinstance(curve, CascadeCurve)
    assert curve.thresholds[-1] == math.inf
    for threshold, accuracy, cost, passed in zip(*curve, strict=True):
        first = small.amax(1) >= threshold
        guesses = torch.where(first, small.argmax(1), large.argmax(1))
        assert_close(accuracy, (guesses == y).double().mean())
        assert_close(passed, 1 - first.double().mean())
        assert_close(cost, 1 + 10 * passed)
    sure = torch.tensor([[0.9, 0.1]] * 7 + [[0.6, 0.4]] * 3, dtype=torch.float64)
    ten = cascade_curve(sure, sure, torch.zeros(10, dtype=torch.long))
    assert_close(ten.mean_cost, [1.0, 4.0, 11.0])


@pytest.mark.bad_input
def test_what_does_not_fit():
    model, p, y = (lambda x: x), torch.tensor([[0.5, 0.5]]), torch.tensor([0])
    for call, message in (
        (lambda: pareto_front(torch.ones(3)), "must be a table"),
        (lambda: pareto_front(torch.tensor([[math.nan]])), "must be a table"),
        (lambda: constrained_choice(y.double(), torch.ones(1, 2), torch.ones(1)), "scores"),
        (lambda: CascadeClassifier([], [], []), "need one threshold fewer"),
        (lambda: CascadeClassifier([model], [0.5], [1.0]), "need one threshold fewer"),
        (lambda: CascadeClassifier([model], [], [1.0, 2.0]), "need one threshold fewer"),
        (lambda: CascadeClassifier([model], [], [-1.0]), "at least 0"),
        (lambda: cascade_curve(p, p[:, :1], y), "probabilities"),
        (lambda: cascade_curve(p[:0], p[:0], y[:0]), "probabilities"),
        (lambda: cascade_curve(p, p, y, costs=(-1.0, 1.0)), "at least 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
