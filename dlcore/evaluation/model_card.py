"""What the user of a model must know, with its accuracy for every group."""

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.evaluation.classification import _labels
from dlcore.evaluation.intervals import wilson_interval


class GroupResult(NamedTuple):
    """Accuracy within one group.

    Attributes:
        factor: what the groups differ in.
        group: which of them.
        n: how many examples.
        accuracy: the share that is right.
        low: lower end of its Wilson interval.
        high: upper end.
    """

    factor: str
    group: str
    n: int
    accuracy: float
    low: float
    high: float


class ModelCard(NamedTuple):
    """The sections of a model card.

    Attributes:
        name: of the model.
        details: who made it, when, its version, architecture, licence.
        intended_use: for what and for whom, and for what not.
        training_data: what it has learned from.
        evaluation_data: what the numbers below are measured on.
        ethical_considerations: who may be harmed, and how.
        limitations: where it is known to fail.
        confidence: of the intervals.
        groups: accuracy of all examples, then of each group of each factor.
    """

    name: str
    details: str
    intended_use: str
    training_data: str
    evaluation_data: str
    ethical_considerations: str
    limitations: str
    confidence: float
    groups: list[GroupResult]

    def markdown(self) -> str:
        """The card as Markdown."""
        factors = list(dict.fromkeys(row.factor for row in self.groups[1:]))
        table = [
            "| factor | group | examples | accuracy | interval |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {_cell(r.factor)} | {_cell(r.group)} | {r.n} | {r.accuracy:.3f} | "
                f"{r.low:.3f} to {r.high:.3f} |"
                for r in self.groups
            ),
        ]
        sections = {
            "Model details": self.details,
            "Intended use": self.intended_use,
            "Factors": ", ".join(factors) or "none",
            "Metrics": f"Accuracy with Wilson intervals of confidence {self.confidence:g}.",
            "Evaluation data": self.evaluation_data,
            "Training data": self.training_data,
            "Quantitative analyses": "\n".join(table),
            "Ethical considerations": self.ethical_considerations,
            "Caveats and recommendations": self.limitations,
        }
        body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
        return f"# Model card: {self.name}\n\n{body}\n"

    def _repr_markdown_(self) -> str:
        return self.markdown()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _result(
    factor: str, group: Hashable, right: Bool[Tensor, " n"], confidence: float
) -> GroupResult:
    n, hits = len(right), int(right.sum())
    low, high = wilson_interval(hits, n, confidence)
    return GroupResult(factor, str(group), n, hits / n, low, high)


def model_card(
    name: str,
    *,
    details: str,
    intended_use: str,
    training_data: str,
    evaluation_data: str,
    ethical_considerations: str,
    limitations: str,
    predictions: Float[Tensor, "n k"] | Int[Tensor, " n"],
    y: Int[Tensor, " n"],
    groups: Mapping[str, Tensor | Sequence[Hashable]],
    confidence: float = 0.95,
) -> ModelCard:
    """A model card: what the model is for and made of, and how right it is for every group.

    Args:
        name: of the model.
        details: who made it, when, its version, architecture, licence.
        intended_use: for what and for whom, and for what not.
        training_data: what it has learned from.
        evaluation_data: what it is judged on here.
        ethical_considerations: who may be harmed, and how.
        limitations: where it is known to fail.
        predictions: on the evaluation data, scores of shape (n, k) or labels of shape (n,).
        y: the true labels, shape (n,).
        groups: for each factor (scanner, age band, language) the group of each example.
        confidence: of the intervals, in (0, 1).

    Returns:
        The card, which shows in a notebook; `markdown()` for a file.

    Raises:
        ValueError: a section without text, lengths that differ, or no examples.
        TypeError: predictions that are real numbers without a class axis.

    Section: :ref:`sec-model-card`.

    Source: Mitchell et al. (2019), Model cards for model reporting, doi:10.1145/3287560.3287596.

    Example:
        >>> y = torch.tensor([0, 1, 1, 0])
        >>> card = model_card(
        ...     "digits", details="MLP 64-64-10", intended_use="teaching", training_data="UCI",
        ...     evaluation_data="held out", ethical_considerations="none known",
        ...     limitations="8 by 8 pixels", predictions=torch.tensor([0, 1, 0, 0]), y=y,
        ...     groups={"writer": ["a", "a", "b", "b"]},
        ... )
        >>> [(row.group, row.accuracy) for row in card.groups]
        [('all', 0.75), ('a', 1.0), ('b', 0.5)]

    In production: huggingface_hub.ModelCard.
    """
    texts = {
        "name": name,
        "details": details,
        "intended_use": intended_use,
        "training_data": training_data,
        "evaluation_data": evaluation_data,
        "ethical_considerations": ethical_considerations,
        "limitations": limitations,
    }
    empty = [section for section, text in texts.items() if not text.strip()]
    if empty:
        raise ValueError(f"a card without {', '.join(empty)} does not say what its users must know")
    right = _labels(predictions, y) == y
    rows = [_result("all", "all", right, confidence)]
    for factor, values in groups.items():
        of_example = values.tolist() if isinstance(values, Tensor) else list(values)
        if len(of_example) != len(y):
            raise ValueError(
                f"one group of {factor} per example is needed, got {len(of_example)} for {len(y)}"
            )
        for group in sorted(set(of_example), key=str):
            member = torch.tensor([g == group for g in of_example], device=right.device)
            rows.append(_result(factor, group, right[member], confidence))
    return ModelCard(**texts, confidence=confidence, groups=rows)
