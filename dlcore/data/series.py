"""Classical time series that come with statsmodels."""

import importlib
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.data.splits import Provenance

_TERMS = {
    "sunspots": (
        "Sunspots, yearly means 1700 to 2008",
        "National Geophysical Data Center, http://www.ngdc.noaa.gov/stp/solar/solarda3.html",
        "Yule (1927), On a method of investigating periodicities in disturbed series, "
        "doi:10.1098/rsta.1927.0007",
        "number of sunspots",
    ),
    "nile": (
        "Flow of the Nile at Aswan, yearly 1871 to 1970",
        "Cobb (1978), Biometrika 65(2)",
        "Cobb (1978), The problem of the Nile: conditional solution to a changepoint problem, "
        "doi:10.1093/biomet/65.2.243",
        "10^8 m^3",
    ),
    "co2": (
        "Atmospheric CO2 at Mauna Loa, weekly 1958 to 2001",
        "Carbon Dioxide Information Analysis Center, Oak Ridge National Laboratory",
        "Keeling, Whorf (2004), Atmospheric CO2 concentrations derived from flask air samples, "
        "in: Trends, CDIAC",
        "ppm by volume",
    ),
    "elnino": (
        "Sea surface temperature off Peru (Niño 1+2), monthly 1950 to 2010",
        "National Oceanic and Atmospheric Administration, ERSST.V3B",
        "Smith, Reynolds, Peterson, Lawrimore (2008), Improvements to NOAA's historical merged "
        "land-ocean surface temperature analysis, doi:10.1175/2007JCLI2100.1",
        "degrees Celsius",
    ),
}


@dataclass(frozen=True)
class Series:
    """A quantity observed over time.

    Attributes:
        t: time in years, increasing.
        x: the observed values; NaN where none was made.
        unit: what x is measured in.
        provenance: where the series comes from.
    """

    t: Float[Tensor, " n"]
    x: Float[Tensor, " n"]
    unit: str
    provenance: Provenance


def series_names() -> tuple[str, ...]:
    """The names that `load_series` knows.

    Source: Seabold, Perktold (2010), statsmodels, doi:10.25080/Majora-92bf1922-011.

    Example:
        >>> series_names()
        ('sunspots', 'nile', 'co2', 'elnino')

    In production: dir(statsmodels.datasets).
    """
    return tuple(_TERMS)


def load_series(name: str) -> Series:
    """Load one of the time series that ship with statsmodels; nothing is downloaded.

    Args:
        name: one of `series_names()`.

    Returns:
        Times in years and values, float64, with unit and provenance. The weekly CO2 record has
        gaps: its 59 missing weeks are NaN.

    Raises:
        ValueError: there is no series of this name.
        ImportError: statsmodels is not installed.

    Source: Seabold, Perktold (2010), statsmodels, doi:10.25080/Majora-92bf1922-011.

    Example:
        >>> sunspots = load_series("sunspots")
        >>> sunspots.t[0].item(), sunspots.x.shape
        (1700.0, torch.Size([309]))

    In production: statsmodels.api.datasets.sunspots.load_pandas().
    """
    if name not in _TERMS:
        raise ValueError(f"there is no series {name!r}; there are {', '.join(_TERMS)}")
    t, x = _read(name)
    title, source, citation, unit = _TERMS[name]
    provenance = Provenance(
        name=title,
        source=f"{source}, as bundled with statsmodels",
        licence="public domain",
        citation=citation,
        size=f"{len(x)} values, {int(np.isnan(x).sum())} of them missing",
    )
    return Series(torch.from_numpy(t), torch.from_numpy(x), unit, provenance)


def _read(name: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        module = importlib.import_module(f"statsmodels.datasets.{name}")
    except ImportError as error:
        raise ImportError(
            "these series come with statsmodels: pip install 'dlcore[data]'"
        ) from error
    table = module.load_pandas().data
    if name == "co2":
        day = table.index
        t = day.year + (day.day_of_year - 1) / (365 + day.is_leap_year)
        return np.array(t, dtype=float), table["co2"].to_numpy(dtype=float, copy=True)
    values = table.to_numpy(dtype=float)
    if name == "elnino":
        return (values[:, :1] + np.arange(12) / 12).reshape(-1), values[:, 1:].reshape(-1)
    return values[:, 0].copy(), values[:, 1].copy()
