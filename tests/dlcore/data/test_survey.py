"""The survey against the table that it was taken from."""

import importlib

import pytest
from statsmodels import datasets

from dlcore.data import Survey, load_survey
from tests.parity import assert_close


@pytest.mark.reference("statsmodels.datasets.anes96.load_pandas", of="dlcore.data.load_survey")
@pytest.mark.reference("statsmodels.datasets.anes96.COPYRIGHT", of="dlcore.data.Survey")
def test_answers_are_those_of_statsmodels():
    survey, table = load_survey(), datasets.anes96.load_pandas().data
    assert isinstance(survey, Survey)
    for at, (name, lowest) in enumerate(
        [("selfLR", 1), ("ClinLR", 1), ("DoleLR", 1), ("PID", 0), ("educ", 1)]
    ):
        assert_close(survey.answers[:, at], table[name].to_numpy(dtype="int64") - lowest)
    assert survey.answers.amin(0).tolist() == [0] * 5
    assert survey.answers.amax(0).tolist() == [survey.levels - 1] * 5
    assert len(survey.questions) == survey.answers.shape[1]
    assert "public domain" in importlib.import_module("statsmodels.datasets.anes96").COPYRIGHT
    assert survey.provenance.licence == "public domain"
