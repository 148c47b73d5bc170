"""Watching the inputs of a deployed model, window by window."""

from typing import NamedTuple

from jaxtyping import Bool, Float64, Real
from torch import Tensor

from dlcore.evaluation.drift import ks_2samp, population_stability_index


class DriftReport(NamedTuple):
    """What one window of production data says.

    Attributes:
        statistic: the largest gap to the reference, one a feature, shape (d,).
        p_value: of the test of each feature alone.
        psi: population stability index of each feature.
        drifted: which features have moved beyond chance, all tests of the window together.
        breach: whether any has.
        alarm: whether this is the last of enough windows with a breach in a row.
    """

    statistic: Float64[Tensor, " d"]
    p_value: Float64[Tensor, " d"]
    psi: Float64[Tensor, " d"]
    drifted: Bool[Tensor, " d"]
    breach: bool
    alarm: bool


class DriftMonitor:
    """Compares each window of inputs with a reference and gives alarm if they moved for long.

    The threshold follows from the number of examples and of features: of windows without drift at
    most a share alpha is a breach. It sees each feature alone: neither a change of their
    correlation nor one of the labels' dependence on them.

    Args:
        reference: inputs at training, shape (n,) or (n, d). A window that is compared with a small
            reference shares its chance deviations with all others: take n much larger.
        alpha: the share of false breaches, in (0, 1), split among the features (Bonferroni).
        consecutive: how many breaches in a row give alarm.
        bins: of the population stability index.

    Attributes:
        history: the reports so far.

    Raises:
        ValueError: alpha outside (0, 1), fewer than 1 breach in a row, no examples, values that
            are not finite; in `update`, other features than the reference has.

    Section: :ref:`sec-drift-monitor`.

    Source: Rabanser, Günnemann, Lipton (2019), Failing loudly: an empirical study of methods for
        detecting dataset shift, arXiv:1810.11953.

    Example:
        >>> import torch
        >>> generator = torch.Generator().manual_seed(0)
        >>> monitor = DriftMonitor(torch.randn(500, 2, generator=generator), consecutive=2)
        >>> moved = torch.randn(200, 2, generator=generator) + torch.tensor([0.0, 1.0])
        >>> monitor.update(moved).drifted.tolist(), monitor.update(moved).alarm
        ([False, True], True)

    In production: evidently, or alibi_detect.cd.KSDrift.
    """

    def __init__(
        self,
        reference: Real[Tensor, " n"] | Real[Tensor, "n d"],
        *,
        alpha: float = 0.05,
        consecutive: int = 1,
        bins: int = 10,
    ) -> None:
        if not 0 < alpha < 1:
            raise ValueError(f"alpha must lie between 0 and 1, got {alpha}")
        if consecutive < 1:
            raise ValueError(f"consecutive must be at least 1, got {consecutive}")
        if len(reference) == 0 or not reference.isfinite().all():
            raise ValueError("the reference needs finite values of at least one example")
        self.reference = self._rows(reference)
        self.alpha = alpha
        self.consecutive = consecutive
        self.bins = bins
        self.history: list[DriftReport] = []

    @staticmethod
    def _rows(values: Tensor) -> Tensor:
        if values.ndim not in (1, 2) or len(values) == 0:
            raise ValueError(f"shape (n,) or (n, d) is needed, got {tuple(values.shape)}")
        return values.reshape(len(values), -1)

    def update(self, window: Real[Tensor, " m"] | Real[Tensor, "m d"]) -> DriftReport:
        """Judge the next window of production inputs, shape (m,) or (m, d).

        Returns:
            The report, which is also kept in `history`.
        """
        rows = self._rows(window)
        statistic, p_value = ks_2samp(self.reference, rows)
        psi = population_stability_index(self.reference, rows, self.bins)
        drifted = p_value < self.alpha / len(p_value)
        breach = bool(drifted.any())
        before = self.history[len(self.history) - (self.consecutive - 1) :]
        alarm = (
            breach
            and len(before) == self.consecutive - 1
            and all(report.breach for report in before)
        )
        report = DriftReport(statistic, p_value, psi, drifted, breach, alarm)
        self.history.append(report)
        return report
