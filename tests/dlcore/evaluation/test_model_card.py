"""A model card has every section, and the numbers of every group."""

import pytest
import torch
from scipy import stats

from dlcore import evaluation

TEXTS = {
    "details": "A network of two layers, version 3.",
    "intended_use": "Sorting letters, not reading prescriptions.",
    "training_data": "Scans of 2019.",
    "evaluation_data": "Scans of 2020.",
    "ethical_considerations": "Letters may be private.",
    "limitations": "Fails on pencil.",
}
SECTIONS = (  # of Mitchell et al. (2019), figure 1
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
)


@pytest.mark.reference("scipy.stats.binomtest by group", of="dlcore.evaluation.model_card")
@pytest.mark.reference("Mitchell et al. (2019)", of="dlcore.evaluation.ModelCard")
@pytest.mark.reference("scipy.stats.binomtest by group", of="dlcore.evaluation.GroupResult")
def test_card(generator):
    y = torch.randint(0, 3, (40,), generator=generator)
    scores = torch.randn(40, 3, generator=generator) + 2 * torch.nn.functional.one_hot(y, 3)
    scanner = torch.randint(1, 3, (40,), generator=generator)
    ink = ["blue|black" if i % 3 else "red" for i in range(40)]
    groups = {"scanner": scanner, "ink": ink}
    card = evaluation.model_card("post", predictions=scores, y=y, groups=groups, **TEXTS)
    names = [(row.factor, row.group) for row in card.groups]
    assert names == [
        ("all", "all"), ("scanner", "1"), ("scanner", "2"), ("ink", "blue|black"), ("ink", "red"),
    ]  # fmt: skip
    members = [torch.ones(40).bool(), scanner == 1, scanner == 2]
    for row, member in zip(card.groups, members, strict=False):
        right = int((scores.argmax(1) == y)[member].sum())
        expected = stats.binomtest(right, int(member.sum())).proportion_ci(method="wilson")
        n = int(member.sum())
        assert row[2:] == pytest.approx((n, right / n, expected.low, expected.high))
    text = card.markdown()
    places = [text.index(f"\n## {section}\n") for section in SECTIONS]
    assert places == sorted(places)
    assert all(said in text for said in TEXTS.values())
    assert r"| ink | blue\|black |" in text
    assert "scanner, ink" in text
    assert card._repr_markdown_() == text.replace("\r", "")


@pytest.mark.bad_input
def test_bad_input():
    y = torch.tensor([0, 1])
    with pytest.raises(ValueError, match="without limitations"):
        evaluation.model_card("x", **(TEXTS | {"limitations": " "}), predictions=y, y=y, groups={})
    with pytest.raises(ValueError, match="one group of age per example is needed, got 1 for 2"):
        evaluation.model_card("x", **TEXTS, predictions=y, y=y, groups={"age": ["old"]})
    with pytest.raises(ValueError, match="no predictions"):
        evaluation.model_card("x", **TEXTS, predictions=y[:0], y=y[:0], groups={})
