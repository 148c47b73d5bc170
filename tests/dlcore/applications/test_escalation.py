"""Traces of events, and the states and log lines that follow from the rules."""

import pytest

from dlcore.applications import AuditEntry, EscalationPolicy, Limit


def policy(**changes):
    settings = {"minimum_count": 10, "patience": 2, "escalate_after": 3, **changes}
    return EscalationPolicy({"error": Limit(0.1, 0.3, clear=0.05)}, **settings)


def states(policy, values, group="all", count=100):
    return [policy.observe({"error": {group: (value, count)}}) for value in values]


@pytest.mark.reference("scripted trace", of="dlcore.applications.EscalationPolicy")
@pytest.mark.reference("scripted trace", of="dlcore.applications.Limit")
def test_an_alert_does_not_flicker():
    found = policy()
    trace = [0.09, 0.10, 0.07, 0.05, 0.06, 0.04, 0.05, 0.09]
    expected = ["normal"] + ["alert"] * 5 + ["normal"] * 2
    assert states(found, trace) == expected
    assert [(e.at, e.event, e.state) for e in found.log] == [
        (1, "breach", "alert"),
        (6, "cleared", "normal"),
    ]
    assert Limit(0.1, 0.3).clear_level == 0.1


@pytest.mark.reference("scripted trace", of="dlcore.applications.EscalationPolicy")
def test_breaches_add_up_until_a_calm_end():
    assert states(policy(), [0.2, 0.07, 0.2, 0.04, 0.2]) == ["alert"] * 4 + ["rolled back"]
    calm_between = [0.2, 0.2, 0.04, 0.04, 0.2, 0.2]
    assert states(policy(), calm_between) == ["alert"] * 3 + ["normal"] + ["alert"] * 2
    assert states(policy(escalate_after=1), [0.1]) == ["rolled back"]


@pytest.mark.reference("scripted trace", of="dlcore.applications.EscalationPolicy")
@pytest.mark.reference("scripted trace", of="dlcore.applications.AuditEntry")
def test_a_severe_harm_rolls_back_at_once_and_only_a_person_returns():
    found = policy()
    assert found.observe({"error": {"all": (0.3, 10)}}, at="Monday") == "rolled back"
    assert found.log == [AuditEntry("Monday", "severe", "rolled back", "error", "all", 0.3, 10)]
    assert states(found, [0.0, 0.0, 0.0, 0.2]) == ["rolled back"] * 4
    assert found.log[-1].event == "breach"
    assert found.resume("A. Okafor", "retrained", at="Friday") == "normal"
    entry = found.log[-1]
    assert (entry.at, entry.event, entry.note) == ("Friday", "resumed", "A. Okafor: retrained")
    assert states(found, [0.2, 0.2]) == ["alert", "alert"]  # earlier breaches are over


@pytest.mark.reference("scripted trace", of="dlcore.applications.EscalationPolicy")
def test_an_average_hides_no_group():
    found = policy()
    window = {"error": {"all": (0.06, 1000), "city": (0.03, 900), "country": (0.33, 100)}}
    assert found.observe(window) == "rolled back"
    assert [entry.group for entry in found.log] == ["country"]
    two = policy()
    two.observe({"error": {"a": (0.2, 50), "b": (0.2, 50)}})
    for calm in ("a", "b"):
        assert states(two, [0.0, 0.0], calm)[-1] == ("alert" if calm == "a" else "normal")


@pytest.mark.reference("scripted trace", of="dlcore.applications.EscalationPolicy")
def test_few_examples_are_judged_later_not_never():
    found = policy()
    assert states(found, [1.0, 0.0], count=4) == ["normal", "normal"]
    assert [entry.event for entry in found.log] == ["too few", "too few"]
    assert found.observe({"error": {"all": (0.25, 4)}}) == "rolled back"
    assert found.log[-1].examples == 12
    assert found.log[-1].value == pytest.approx((1.0 * 4 + 0.25 * 4) / 12)
    empty = policy()
    assert empty.observe({"error": {"all": (float("nan"), 0)}}) == "normal"
    assert empty.log[0].value is None


@pytest.mark.bad_input
def test_rules_that_cannot_hold():
    limits = {"error": Limit(0.1, 0.2)}
    found = policy()
    for call, message in (
        (lambda: Limit(0.2, 0.1), "clear <= warn < severe"),
        (lambda: Limit(0.1, 0.2, clear=0.15), "clear <= warn < severe"),
        (lambda: Limit(float("nan"), 0.2), "clear <= warn < severe"),
        (lambda: EscalationPolicy({}), "at least one limit"),
        (lambda: EscalationPolicy(limits, minimum_count=0), "must be at least 1"),
        (lambda: EscalationPolicy(limits, patience=0), "must be at least 1"),
        (lambda: found.observe({"delay": {"all": (0.1, 10)}}), "no limit for 'delay'"),
        (lambda: found.observe({"error": {"all": (0.1, -1)}}), "on -1 examples"),
        (lambda: found.observe({"error": {"all": (float("nan"), 10)}}), "got nan"),
        (lambda: found.resume("me", "why not"), "nothing to resume"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert found.log == []
    states(found, [0.9])
    with pytest.raises(ValueError, match="must be written down"):
        found.resume("me", " ")
