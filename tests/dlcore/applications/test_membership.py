"""The attack beside scikit-learn and SciPy, and what its rates say of a budget."""

import math

import pytest
import torch
from scipy.stats import ks_2samp, laplace
from sklearn.metrics import roc_auc_score

from dlcore.applications import MembershipAttack, empirical_epsilon, membership_inference
from tests.parity import assert_close


@pytest.mark.reference(
    "sklearn.metrics.roc_auc_score", of="dlcore.applications.membership_inference"
)
@pytest.mark.reference("scipy.stats.ks_2samp", of="dlcore.applications.membership_inference")
@pytest.mark.reference("scipy.stats.ks_2samp", of="dlcore.applications.MembershipAttack")
def test_area_and_advantage(generator):
    members = (torch.rand(60, generator=generator) * 20).round() / 20  # with ties
    others = (torch.rand(80, generator=generator) * 25).round() / 20
    attack = membership_inference(members, others)
    assert isinstance(attack, MembershipAttack)
    truth, losses = [1] * 60 + [0] * 80, torch.cat([members, others])
    assert_close(attack.auc, roc_auc_score(truth, -losses.numpy()))
    expected = ks_2samp(members.numpy(), others.numpy(), alternative="greater").statistic
    assert_close(attack.advantage, expected)
    assert_close(attack.tpr, (members <= attack.threshold).double().mean())
    assert_close(attack.fpr, (others <= attack.threshold).double().mean())
    assert membership_inference(members, members).advantage == 0.0


@pytest.mark.reference("closed form", of="dlcore.applications.empirical_epsilon")
def test_rates_of_private_answers_show_their_budget():
    assert_close(empirical_epsilon(0.75, 0.25), math.log(3))
    epsilon = 0.7  # a Laplace mechanism asked about 0 or 1, and the attack "above t"
    for t in (-0.5, 0.4, 1.0, 2.0):
        tpr, fpr = laplace.sf(t, 1, 1 / epsilon), laplace.sf(t, 0, 1 / epsilon)
        found = empirical_epsilon(tpr, fpr)
        assert found <= epsilon + 1e-9
        if not 0 < t < 1:
            assert_close(found, epsilon)
    assert empirical_epsilon(0.3, 0.0) == math.inf
    assert empirical_epsilon(0.3, 0.0, delta=0.3) == math.log(0.7 / 0.7)
    assert empirical_epsilon(0.5, 0.5) == 0.0
    assert empirical_epsilon(0.0, 0.0) == 0.0


@pytest.mark.bad_input
def test_what_is_no_attack():
    with pytest.raises(ValueError, match="both classes"):
        membership_inference(torch.ones(2), torch.ones(0))
    with pytest.raises(ValueError, match="finite"):
        membership_inference(torch.ones(2), torch.tensor([math.nan]))
    for rates in ((1.1, 0.0, 0.0), (0.5, -0.1, 0.0), (0.5, 0.1, 1.0)):
        with pytest.raises(ValueError, match="rates in"):
            empirical_epsilon(*rates)
