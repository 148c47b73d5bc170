"""Examples, their reproducible split in three, and where they come from."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

SPLIT_SEED = 0
FRACTIONS = (0.6, 0.2, 0.2)


class Examples(NamedTuple):
    """Inputs and targets, row by row; unpacks into `X, y`.

    Attributes:
        X: inputs, one example a row.
        y: class labels (int64) or real targets, one an example.
    """

    X: Shaped[Tensor, "n ..."]
    y: Shaped[Tensor, " n"]

    def to(self, where: torch.device | str) -> "Examples":
        """The same examples on another device."""
        return Examples(self.X.to(where), self.y.to(where))


@dataclass(frozen=True)
class Provenance:
    """Where a data set comes from and what may be done with it.

    Attributes:
        name: what it is called.
        source: who collected it, and where it is published.
        licence: on which terms; the words of the publisher where there is no standard licence.
        citation: the publication to cite.
        size: how much there is, in words.
    """

    name: str
    source: str
    licence: str
    citation: str
    size: str

    def __str__(self) -> str:
        return f"{self.name}: {self.size}. {self.source}. {self.citation}. Licence: {self.licence}."


@dataclass(frozen=True)
class Splits:
    """A data set cut into three disjoint parts.

    Attributes:
        train: to fit parameters.
        validation: to choose hyperparameters.
        test: to be looked at once, at the end.
        classes: the classes' names in the order of their labels; empty for regression.
        image_shape: the shape a row of X had as an image; None where it never was one.
        features: the columns' names, where they have any.
        provenance: where the data come from.

    Example:
        >>> from dlcore.data import load_digits
        >>> digits = load_digits()
        >>> X, y = digits.train
        >>> X.shape, digits.image_shape
        (torch.Size([1078, 64]), (8, 8))
    """

    train: Examples
    validation: Examples
    test: Examples
    classes: tuple[str, ...]
    image_shape: tuple[int, ...] | None
    provenance: Provenance
    features: tuple[str, ...] = ()

    def to(self, where: torch.device | str) -> "Splits":
        """The same splits with all tensors on another device."""
        return replace(
            self,
            train=self.train.to(where),
            validation=self.validation.to(where),
            test=self.test.to(where),
        )


def _check_split(X: Tensor, y: Tensor, fractions: tuple[float, float, float]) -> None:
    if len(X) != len(y):
        raise ValueError(f"X and y differ in length: {tuple(X.shape)} and {tuple(y.shape)}")
    if not all(0 <= f <= 1 for f in fractions) or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(f"fractions must be three shares that sum to 1, got {fractions}")
    if len(X) < 3:
        raise ValueError(f"cannot split {len(X)} examples into three parts")


def _stratified_order(y: Int[Tensor, " n"], shuffled: Int[Tensor, " n"]) -> Int[Tensor, " n"]:
    """Reorder so that any prefix holds the classes in their overall proportions.

    The example that is r-th of the n_k of its class stands at (r + 1/2) / n_k of the way.
    """
    position = torch.empty(len(y), dtype=torch.float64)
    for k in y.unique():
        members = shuffled[y[shuffled] == k]
        position[members] = (torch.arange(len(members)) + 0.5).double() / len(members)
    return shuffled[position[shuffled].argsort(stable=True)]


def split_examples(
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, " n"],
    fractions: tuple[float, float, float] = FRACTIONS,
    *,
    stratify: bool = False,
    generator: torch.Generator | None = None,
) -> tuple[Examples, Examples, Examples]:
    """Split examples at random into training, validation and test.

    Args:
        X: inputs, shape (n, ...).
        y: targets, shape (n,).
        fractions: shares of the three parts; they sum to 1.
        stratify: keep each class's share the same in all parts, up to one example.
        generator: source of the random order; by default one seeded with 0, so that every call
            gives the same split.

    Returns:
        Training, validation and test examples.

    Raises:
        ValueError: X and y differ in length, fractions do not sum to 1, fewer than 3 examples.

    Source: Kohavi (1995), A study of cross-validation and bootstrap, IJCAI: stratification.

    Example:
        >>> train, validation, test = split_examples(torch.zeros(10, 2), torch.arange(10) % 2)
        >>> len(train.y), len(validation.y), len(test.y)
        (6, 2, 2)

    In production: sklearn.model_selection.train_test_split.
    """
    _check_split(X, y, fractions)
    generator = generator or torch.Generator().manual_seed(SPLIT_SEED)
    order = torch.randperm(len(X), generator=generator, device=generator.device).cpu()
    if stratify:
        order = _stratified_order(y.cpu(), order)
    first, second = round(fractions[0] * len(X)), round((fractions[0] + fractions[1]) * len(X))
    parts = (order[:first], order[first:second], order[second:])
    train, validation, test = (Examples(X[i.to(X.device)], y[i.to(y.device)]) for i in parts)
    return train, validation, test


def as_splits(
    X: Float[Tensor, "n ..."],
    y: Shaped[Tensor, " n"],
    provenance: Provenance,
    *,
    classes: tuple[str, ...] = (),
    image_shape: tuple[int, ...] | None = None,
    features: tuple[str, ...] = (),
    generator: torch.Generator | None = None,
) -> Splits:
    """Split a data set 60/20/20, by class where there are classes."""
    parts = split_examples(X, y, stratify=bool(classes), generator=generator)
    return Splits(*parts, classes, image_shape, provenance, features=features)
