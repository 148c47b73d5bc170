"""Effects of systems whose effects are known."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from dlcore.evaluation import Ablation, ablation_study

WORTH = {"a": 3.0, "b": -1.0, "c": 0.5}


def additive(on, seed):
    return sum(WORTH[name] for name in WORTH if on[name]) + 10 * seed


def entangled(on, seed):
    """Either alone harms, both together help: 0, -1, -1, 2."""
    a, b = on["a"], on["b"]
    return -a - b + 4.0 * (a and b) + seed


@pytest.mark.reference("an additive model by hand", of="dlcore.evaluation.ablation_study")
@pytest.mark.reference("an additive model by hand", of="dlcore.evaluation.Ablation")
@pytest.mark.parametrize("full", [False, True])
def test_an_additive_model_gives_its_terms(full):
    study = ablation_study(additive, list(WORTH), seeds=[1, 2, 3], full=full)
    assert isinstance(study, Ablation)
    assert len(study.scores) == (8 if full else 4)
    for effect in study.effects:
        expected = WORTH[effect.components[0]] if len(effect.components) == 1 else 0
        assert effect.effect == pytest.approx(expected)
        assert (effect.low, effect.high) == pytest.approx((expected, expected))
    assert study.scores[True, True, True].tolist() == [12.5, 22.5, 32.5]


def test_leaving_out_one_at_a_time_misses_that_either_alone_harms():
    one = ablation_study(entangled, ["a", "b"])
    assert [e.effect for e in one.effects] == [3.0, 3.0]
    all_ = ablation_study(entangled, ["a", "b"], full=True)
    assert {e.components: e.effect for e in all_.effects} == {("a",): 1, ("b",): 1, ("a", "b"): 4}


@pytest.mark.reference("scipy.stats.ttest_1samp", of="dlcore.evaluation.AblationEffect")
def test_intervals_are_those_of_differences_within_a_seed():
    noise = np.random.default_rng(0).normal(size=(2, 5))
    study = ablation_study(
        lambda on, seed: 100 * seed + noise[int(on["a"]), seed],
        ["a"],
        seeds=range(5),
        confidence=0.9,
    )
    interval = ttest_1samp(noise[1] - noise[0], 0).confidence_interval(0.9)
    (effect,) = study.effects
    assert (effect.low, effect.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.bad_input
def test_bad_studies_are_refused():
    for components, options in (
        ([], {}),
        (["a", "a"], {}),
        (["a"], {"seeds": [0]}),
        (["a"], {"confidence": 0.0}),
    ):
        with pytest.raises(ValueError, match="ablation_study needs"):
            ablation_study(additive, components, **options)
