"""What people answered to the same questions on a scale: a small table of ratings."""

import importlib
from typing import NamedTuple

import torch
from jaxtyping import Int64
from torch import Tensor

from dlcore.data.splits import Provenance

_QUESTIONS = {
    "selfLR": "own position from left to right",
    "ClinLR": "Clinton's position from left to right",
    "DoleLR": "Dole's position from left to right",
    "PID": "own party from strong Democrat to strong Republican",
    "educ": "own education from first grades to doctorate",
}


class Survey(NamedTuple):
    """People as rows, questions as columns.

    Attributes:
        answers: from 0 to levels - 1, shape (n, questions).
        questions: what was asked.
        levels: how many answers each question had.
        provenance: where the table comes from.

    Source: Seabold, Perktold (2010), statsmodels, doi:10.25080/Majora-92bf1922-011.

    Example:
        >>> load_survey().levels
        7

    In production: pandas.DataFrame.
    """

    answers: Int64[Tensor, "n q"]
    questions: tuple[str, ...]
    levels: int
    provenance: Provenance


def load_survey() -> Survey:
    """Answers of 944 voters before the American election of 1996, five questions of seven steps.

    Returns:
        The five questions of the table that have exactly seven answers; nobody left one out.

    Raises:
        ImportError: statsmodels is not installed.

    Source: American National Election Study 1996, as bundled with statsmodels: Seabold, Perktold
        (2010), doi:10.25080/Majora-92bf1922-011.

    Example:
        >>> survey = load_survey()
        >>> survey.answers.shape, survey.questions[1]
        (torch.Size([944, 5]), "Clinton's position from left to right")

    In production: statsmodels.api.datasets.anes96.load_pandas().
    """
    try:
        module = importlib.import_module("statsmodels.datasets.anes96")
    except ImportError as error:
        raise ImportError(
            "the survey comes with statsmodels: pip install 'dlcore[data]'"
        ) from error
    answers = torch.from_numpy(module.load_pandas().data[list(_QUESTIONS)].to_numpy(dtype="int64"))
    answers = answers - answers.amin(0)
    provenance = Provenance(
        name="American National Election Study 1996, a part",
        source="https://electionstudies.org, as bundled with statsmodels",
        licence="public domain",
        citation="Rosenstone, Kinder, Miller and the National Election Studies (1997), American "
        "National Election Study, 1996: pre- and post-election survey",
        size=f"{len(answers)} people, {answers.shape[1]} questions",
    )
    return Survey(answers, tuple(_QUESTIONS.values()), 7, provenance)
