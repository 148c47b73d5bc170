"""The time series of statsmodels."""

import importlib

import pytest
import torch
from statsmodels import datasets

from dlcore.data import load_series, series_names
from tests.parity import assert_close


@pytest.mark.reference("statsmodels.datasets.sunspots.load_pandas", of="dlcore.data.load_series")
@pytest.mark.parametrize(("name", "column"), [("sunspots", "SUNACTIVITY"), ("nile", "volume")])
def test_yearly_values_are_those_of_statsmodels(name, column):
    series = load_series(name)
    table = getattr(datasets, name).load_pandas().data
    assert_close(series.x, table[column].to_numpy(copy=True))
    assert_close(series.t, table.iloc[:, 0].to_numpy(copy=True))


def test_weekly_co2_keeps_its_gaps_and_its_dates():
    series = load_series("co2")
    table = datasets.co2.load_pandas().data
    assert_close(series.x, table["co2"].to_numpy(copy=True))
    assert int(series.x.isnan().sum()) == 59
    assert series.t.diff().sub(7 / 365.25).abs().max() < 1e-4
    assert series.t[0].floor() == table.index[0].year


def test_monthly_temperatures_are_read_row_by_row():
    series = load_series("elnino")
    table = datasets.elnino.load_pandas().data
    assert len(series.x) == 61 * 12
    assert series.x[12 * 7 + 4] == table.iloc[7]["MAY"]
    assert_close(series.t[12 * 7 + 4], 1957 + 4 / 12)


@pytest.mark.reference("statsmodels.datasets", of="dlcore.data.series_names")
@pytest.mark.parametrize("name", series_names())
def test_time_runs_forward_and_the_terms_are_those_of_statsmodels(name):
    series = load_series(name)
    assert (series.t.diff() > 0).all()
    assert series.x.dtype == torch.float64
    assert "public domain" in importlib.import_module(f"statsmodels.datasets.{name}").COPYRIGHT


@pytest.mark.reference("statsmodels.datasets.nile.SOURCE", of="dlcore.data.Series")
def test_a_series_knows_its_unit_and_source():
    series = load_series("nile")
    assert series.unit == "10^8 m^3"
    assert "Cobb" in series.provenance.citation
    assert "Cobb" in datasets.nile.SOURCE


@pytest.mark.bad_input
def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(ValueError, match=r"no series 'lynx'; there are sunspots"):
        load_series("lynx")
