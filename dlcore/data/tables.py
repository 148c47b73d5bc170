"""Small real data sets that come with scikit-learn: digits, iris, wine, breast cancer, diabetes."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlcore.data.splits import Provenance, Splits, as_splits

CC_BY = "CC BY 4.0 (UCI Machine Learning Repository)"

DIGITS = Provenance(
    name="Optical recognition of handwritten digits (the 1797 of its test part)",
    source="UCI Machine Learning Repository, doi:10.24432/C50P49, as bundled with scikit-learn",
    licence=CC_BY,
    citation="Alpaydin, Kaynak (1998), Cascading classifiers, Kybernetika 34(4)",
    size="1797 images of 8 x 8 pixels, 10 classes",
)
IRIS = Provenance(
    name="Iris",
    source="UCI Machine Learning Repository, doi:10.24432/C56C76, as bundled with scikit-learn",
    licence=CC_BY,
    citation="Fisher (1936), The use of multiple measurements in taxonomic problems, "
    "doi:10.1111/j.1469-1809.1936.tb02137.x",
    size="150 flowers, 4 measurements in cm, 3 species",
)
WINE = Provenance(
    name="Wine",
    source="UCI Machine Learning Repository, doi:10.24432/C5PC7J, as bundled with scikit-learn",
    licence=CC_BY,
    citation="Aeberhard, Forina (1992), Wine, UCI Machine Learning Repository",
    size="178 wines, 13 chemical measurements, 3 cultivars",
)
BREAST_CANCER = Provenance(
    name="Breast cancer Wisconsin (diagnostic)",
    source="UCI Machine Learning Repository, doi:10.24432/C5DW2B, as bundled with scikit-learn",
    licence=CC_BY,
    citation="Street, Wolberg, Mangasarian (1993), Nuclear feature extraction for breast tumor "
    "diagnosis, doi:10.1117/12.148698",
    size="569 tumours, 30 measurements, 2 diagnoses",
)
DIABETES = Provenance(
    name="Diabetes",
    source="https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html, in scikit-learn",
    licence="none stated by the authors; scikit-learn distributes it under BSD 3-clause",
    citation="Efron, Hastie, Johnstone, Tibshirani (2004), Least angle regression, "
    "doi:10.1214/009053604000000067",
    size="442 patients, 10 measurements, disease progression after one year",
)


def _inputs(data: np.ndarray) -> Tensor:
    return torch.from_numpy(data).float()


def _labels(target: np.ndarray) -> Tensor:
    return torch.from_numpy(target).long()


def load_digits(*, generator: torch.Generator | None = None) -> Splits:
    """The handwritten digits of 8 x 8 pixels, with pixels in [0, 1].

    Args:
        generator: source of the split; by default the same split each time.

    Returns:
        Splits of 1078, 360 and 359 images, stratified by class: X of shape (n, 64) in float32,
        y in int64, image_shape (8, 8).

    Source: Alpaydin, Kaynak (1998), Cascading classifiers, Kybernetika 34(4).

    Example:
        >>> digits = load_digits()
        >>> digits.test.X.shape
        torch.Size([359, 64])

    In production: sklearn.datasets.load_digits.
    """
    from sklearn import datasets

    bunch = datasets.load_digits()
    classes = tuple(str(k) for k in bunch.target_names)
    X, y = _inputs(bunch.data) / 16, _labels(bunch.target)
    return as_splits(X, y, DIGITS, classes=classes, image_shape=(8, 8), generator=generator)


def _load_classes(
    bunch: dict[str, Any], provenance: Provenance, generator: torch.Generator | None
) -> Splits:
    return as_splits(
        _inputs(bunch["data"]),
        _labels(bunch["target"]),
        provenance,
        classes=tuple(str(name) for name in bunch["target_names"]),
        features=tuple(str(name) for name in bunch["feature_names"]),
        generator=generator,
    )


def load_iris(*, generator: torch.Generator | None = None) -> Splits:
    """Fisher's irises: length and width of sepals and petals in cm, three species.

    Args:
        generator: source of the split; by default the same split each time.

    Returns:
        Splits of 90, 30 and 30 flowers, stratified: X of shape (n, 4) in float32, y in int64.

    Source: Fisher (1936), doi:10.1111/j.1469-1809.1936.tb02137.x.

    Example:
        >>> load_iris().classes
        ('setosa', 'versicolor', 'virginica')

    In production: sklearn.datasets.load_iris.
    """
    from sklearn import datasets

    return _load_classes(datasets.load_iris(), IRIS, generator)


def load_wine(*, generator: torch.Generator | None = None) -> Splits:
    """Chemical analysis of wines from three cultivars; the columns differ in scale by 1000.

    Args:
        generator: source of the split; by default the same split each time.

    Returns:
        Splits of 107, 35 and 36 wines, stratified: X of shape (n, 13) in float32, y in int64.

    Source: Aeberhard, Forina (1992), doi:10.24432/C5PC7J.

    Example:
        >>> load_wine().features[:2]
        ('alcohol', 'malic_acid')

    In production: sklearn.datasets.load_wine.
    """
    from sklearn import datasets

    return _load_classes(datasets.load_wine(), WINE, generator)


def load_breast_cancer(*, generator: torch.Generator | None = None) -> Splits:
    """Measurements of cell nuclei from breast tumours; 0 is malignant, 1 benign.

    Args:
        generator: source of the split; by default the same split each time.

    Returns:
        Splits of 341, 114 and 114 tumours, stratified: X of shape (n, 30) in float32, y in int64.

    Source: Street, Wolberg, Mangasarian (1993), doi:10.1117/12.148698.

    Example:
        >>> load_breast_cancer().classes
        ('malignant', 'benign')

    In production: sklearn.datasets.load_breast_cancer.
    """
    from sklearn import datasets

    return _load_classes(datasets.load_breast_cancer(), BREAST_CANCER, generator)


def load_diabetes(*, generator: torch.Generator | None = None) -> Splits:
    """Ten measurements of diabetes patients, in their own units, and the disease a year later.

    Args:
        generator: source of the split; by default the same split each time.

    Returns:
        Splits of 265, 89 and 88 patients: X of shape (n, 10) and y of shape (n,) in float32.

    Source: Efron, Hastie, Johnstone, Tibshirani (2004), doi:10.1214/009053604000000067.

    Example:
        >>> load_diabetes().features[:3]
        ('age', 'sex', 'bmi')

    In production: sklearn.datasets.load_diabetes(scaled=False).
    """
    from sklearn import datasets

    bunch = datasets.load_diabetes(scaled=False)
    y = torch.from_numpy(bunch.target).float()
    return as_splits(
        _inputs(bunch.data), y, DIABETES, features=tuple(bunch.feature_names), generator=generator
    )
