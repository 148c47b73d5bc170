"""What happens when a model in use does harm: thresholds, an audit log, and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

State = Literal["normal", "alert", "rolled back"]
Event = Literal["severe", "breach", "escalated", "too few", "cleared", "resumed"]
Key = tuple[str, str]


@dataclass(frozen=True)
class Limit:
    """Where a harm begins to count; higher values are worse.

    Args:
        warn: from here on, an alert.
        severe: from here on, a rollback at once.
        clear: an alert ends only at or below this value; default: warn. The distance between them
            keeps an alert from flickering.

    Raises:
        ValueError: not clear <= warn < severe.

    Section: :ref:`sec-safety-monitoring`.

    Example:
        >>> Limit(0.05, 0.2, clear=0.03)
        Limit(warn=0.05, severe=0.2, clear=0.03)
    """

    warn: float
    severe: float
    clear: float | None = None

    def __post_init__(self) -> None:
        if not self.clear_level <= self.warn < self.severe:
            raise ValueError(
                f"clear <= warn < severe is needed, got {self.clear}, {self.warn}, {self.severe}"
            )

    @property
    def clear_level(self) -> float:
        """Where an alert ends."""
        return self.warn if self.clear is None else self.clear


class AuditEntry(NamedTuple):
    """A line of the log.

    Attributes:
        at: when, as told to `observe`; otherwise the number of the window.
        event: "severe", "breach", "escalated", "too few", "cleared" or "resumed".
        state: from now on.
        metric: what was measured; empty for "resumed".
        group: on whom.
        value: how much; None where nothing was measured.
        examples: how many it was measured on.
        note: who resumed, and why.
    """

    at: Any
    event: Event
    state: State
    metric: str = ""
    group: str = ""
    value: float | None = None
    examples: int = 0
    note: str = ""


@dataclass
class _Alarm:
    breaches: int = 0
    calm: int = 0


class EscalationPolicy:
    """A state machine from measured harm to an alert, to a rollback, and back by a person.

    Every group is judged on its own, so that an average hides nobody. Too few examples are not
    judged, but kept and added to those of the next windows. An alert ends after `patience` windows
    in a row at or below the clear level; if a group breaches `escalate_after` times before that, or
    once severely, the model is rolled back. Only a person puts it back into use.

    Args:
        limits: for each metric, such as error rate or share of complaints.
        minimum_count: examples needed to judge a group, at least 1.
        patience: calm windows that end an alert, at least 1.
        escalate_after: breaches of one group without a calm end that lead to a rollback, at
            least 1.

    Attributes:
        state: "normal", "alert" or "rolled back".
        log: list of `AuditEntry`, oldest first; it is only added to.

    Raises:
        ValueError: no limits or numbers below 1; in `observe`, an unknown metric, a value that is
            not a number or a negative count; in `resume`, nothing to resume, or no name or reason.

    Section: :ref:`sec-safety-monitoring`.

    Source: Raji et al. (2020), Closing the AI accountability gap, arXiv:2001.00973; Breck, Cai,
        Nielsen, Salib, Sculley (2017), The ML test score, doi:10.1109/BigData.2017.8258038.

    Example:
        >>> policy = EscalationPolicy({"error": Limit(0.1, 0.3)}, minimum_count=10)
        >>> policy.observe({"error": {"all": (0.08, 1000), "night": (0.4, 50)}})
        'rolled back'
        >>> policy.log[0].event, policy.log[0].group
        ('severe', 'night')
        >>> policy.resume("M. Ortiz", "night images added to training, audit passed")
        'normal'

    In production: Prometheus Alertmanager for the rules; a ticket system for the log.
    """

    def __init__(
        self,
        limits: Mapping[str, Limit],
        *,
        minimum_count: int = 50,
        patience: int = 3,
        escalate_after: int = 3,
    ) -> None:
        if not limits:
            raise ValueError("at least one limit is needed")
        if min(minimum_count, patience, escalate_after) < 1:
            raise ValueError(
                "minimum_count, patience and escalate_after must be at least 1, got "
                f"{minimum_count}, {patience}, {escalate_after}"
            )
        self.limits = dict(limits)
        self.minimum_count = minimum_count
        self.patience = patience
        self.escalate_after = escalate_after
        self.state: State = "normal"
        self.log: list[AuditEntry] = []
        self._windows = 0
        self._alarms: dict[Key, _Alarm] = {}
        self._pending: dict[Key, tuple[float, int]] = {}

    def observe(
        self, report: Mapping[str, Mapping[str, tuple[float, int]]], *, at: Any = None
    ) -> State:
        """Judge one window of measurements.

        Args:
            report: for each metric and group, the mean value and the number of examples behind it.
            at: the time, for the log.

        Returns:
            The state from now on. After a rollback it stays, whatever is measured, but breaches are
            still logged.
        """
        for metric, groups in report.items():
            if metric not in self.limits:
                raise ValueError(f"no limit for {metric!r}; there are {sorted(self.limits)}")
            for group, (value, count) in groups.items():
                if count < 0 or (count > 0 and not abs(value) < float("inf")):
                    raise ValueError(f"{metric} of {group!r}: got {value} on {count} examples")
        when = self._windows if at is None else at
        self._windows += 1
        for metric, groups in report.items():
            for group, (value, count) in groups.items():
                self._judge(when, (metric, group), value, count)
        return self.state

    def _judge(self, at: Any, key: Key, value: float, count: int) -> None:
        """One group's value, pooled with what earlier windows left."""
        total, examples = self._pending.pop(key, (0.0, 0))
        if count:
            total, examples = total + value * count, examples + count
        if examples < self.minimum_count:
            self._pending[key] = (total, examples)
            self._write(at, "too few", key, total / examples if examples else None, examples)
            return
        mean, limit = total / examples, self.limits[key[0]]
        if mean >= limit.severe:
            self._roll_back(at, "severe", key, mean, examples)
        elif mean >= limit.warn:
            self._breach(at, key, mean, examples)
        elif key in self._alarms:
            alarm = self._alarms[key]
            alarm.calm = alarm.calm + 1 if mean <= limit.clear_level else 0
            if alarm.calm >= self.patience:
                self._clear(at, key, mean, examples)

    def _breach(self, at: Any, key: Key, mean: float, count: int) -> None:
        alarm = self._alarms.setdefault(key, _Alarm())
        alarm.breaches, alarm.calm = alarm.breaches + 1, 0
        if alarm.breaches >= self.escalate_after:
            self._roll_back(at, "escalated", key, mean, count)
            return
        if self.state == "normal":
            self.state = "alert"
        self._write(at, "breach", key, mean, count)

    def _clear(self, at: Any, key: Key, mean: float, count: int) -> None:
        del self._alarms[key]
        if self.state == "alert" and not self._alarms:
            self.state = "normal"
        self._write(at, "cleared", key, mean, count)

    def _roll_back(self, at: Any, event: Event, key: Key, mean: float, count: int) -> None:
        self.state = "rolled back"
        self._write(at, event, key, mean, count)

    def _write(self, at: Any, event: Event, key: Key, value: float | None, count: int) -> None:
        self.log.append(AuditEntry(at, event, self.state, *key, value, count))

    def resume(self, by: str, reason: str, *, at: Any = None) -> State:
        """A person takes the responsibility for using the model again.

        Args:
            by: who.
            reason: what was found and changed.
            at: the time, for the log.

        Returns:
            "normal"; alarms and pooled measurements start anew.
        """
        if self.state != "rolled back":
            raise ValueError(f"nothing to resume: the state is {self.state!r}")
        if not by.strip() or not reason.strip():
            raise ValueError("who resumes, and why, must be written down")
        self.state = "normal"
        self._alarms.clear()
        self._pending.clear()
        when = self._windows if at is None else at
        self.log.append(AuditEntry(when, "resumed", self.state, note=f"{by}: {reason}"))
        return self.state
