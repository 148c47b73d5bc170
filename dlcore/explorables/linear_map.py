"""Explorable: what a 2 by 2 matrix does to the plane."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import tall_plane

SCRIPTS = ("arrows", "handles", "linear_map")
LIMIT, GRID_REACH = 2.0, 12
ANGLE, GAP = 0.8, 0.36
NAMES = {
    "shear": "Shear",
    "rotation": "Rotation",
    "reflection": "Reflection",
    "symmetric": "Symmetric",
    "projection": "Projection",
    "oblique": "Oblique",
}
MATRICES = {
    "shear": ((1.0, 1.0), (0.0, 1.0)),
    "rotation": ((0.6, -0.8), (0.8, 0.6)),
    "reflection": ((0.6, 0.8), (0.8, -0.6)),
    "symmetric": ((1.5, 0.5), (0.5, 0.8)),
    "projection": ((0.8, 0.4), (0.4, 0.2)),
    "oblique": ((1.4, 0.8), (0.2, 0.8)),
}
QUESTION = "Both eigenvalues of this matrix are 1. How far can it stretch a vector?"
PREDICTION = "Not at all: an eigenvalue of 1 leaves lengths as they are."
FINDING = (
    "By the factor 1.62. Drag x round the circle: its image runs along the ellipse, whose half "
    "axes are the singular values 1.62 and 0.62. The eigenvalue 1 speaks of one direction only, "
    "the one that is kept. Lengths are the business of the singular values, and only for symmetric "
    "matrices are these the eigenvalues without their signs."
)


def _polar(angles: Float64[Tensor, " n"]) -> Float64[Tensor, "2 n"]:
    return torch.stack([angles.cos(), angles.sin()])


def _pairs(columns: Float64[Tensor, "2 n"]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in columns.T.tolist()]


def _eigenvectors(A: Float64[Tensor, "2 2"]) -> list[tuple[float, float]]:
    """The directions that A keeps, each once; none where every one is kept or none."""
    values, vectors = torch.linalg.eig(A)
    if values.imag.abs().max() > 1e-6 or torch.equal(A, A[0, 0] * torch.eye(2, dtype=A.dtype)):
        return []
    first, second = _pairs(vectors.real)
    parallel = abs(first[0] * second[1] - first[1] * second[0]) < 1e-6
    return [first] if parallel else [first, second]


def _plane(
    before: bool,
    A: Float64[Tensor, "2 2"],
    axes: Float64[Tensor, "2 2"],
    kept: list[tuple[float, float]],
    x: Float64[Tensor, "2 1"],
) -> Panel:
    """The plane behind A: `axes` are the singular vectors there, `kept` its eigenvectors."""
    columns = " and ".join(f"({u:.1f}, {v:.1f})".replace("-", "−") for u, v in _pairs(A))
    panel = tall_plane("Before" if before else f"After A with columns {columns}").legend(
        black=("→", "x" if before else "A x"), teal=("→", "singular vectors"), red=("- -", "kept")
    )
    ends = torch.tensor([-GRID_REACH, GRID_REACH], dtype=torch.float64)
    lines = [
        panel.points(*(A @ torch.stack(pair)).tolist())
        for k in range(-GRID_REACH, GRID_REACH + 1)
        for pair in ((torch.full_like(ends, k), ends), (ends, torch.full_like(ends, k)))
    ]
    square = torch.tensor([[0.0, 1, 1, 0, 0], [0, 0, 1, 1, 0]], dtype=torch.float64)
    circle = _polar(torch.linspace(0, 2 * math.pi, 97, dtype=torch.float64))
    area = "M" + "L".join(panel.points(*(A @ square).tolist()))
    straight = ["L".join(panel.points((-9 * x, 9 * x), (-9 * y, 9 * y))) for x, y in kept]
    panel.path("grid", "".join("M" + "L".join(line) for line in lines), "gray", width=0.5)
    panel.path("kept", area if A.det() > 0 else "", "blue", opacity=0.2)
    panel.path("reversed", area if A.det() < 0 else "", "red", opacity=0.2)
    panel.path("eigen", "".join("M" + line for line in straight), "red", width=1.5, dash="6 5")
    xs, ys = (A @ circle).tolist()
    panel.line("circle", xs, ys, "teal")
    panel.arrows("singular", (0, 0), _pairs(axes), "teal")
    for k, (color, (u, v)) in enumerate(zip(("blue", "gold"), _pairs(A), strict=True), start=1):
        panel.arrows(f"column{k}", (0, 0), [(u, v)], color, width=2.5)
        length = math.hypot(u, v)
        place = (u + GAP * u / length, v + GAP * v / length) if length else (0.4, 0.6 - 0.4 * k)
        panel.label(f"name{k}", *place, f"{'' if before else 'A'}e{'₁₂'[k - 1]}", color)
        if not before:
            panel.dot(f"handle{k}", u, v, color)
    panel.arrows("x", (0, 0), _pairs(A @ x), "black", width=1.5)
    return panel.dot("tip", *_pairs(x)[0], "black", width=10) if before else panel


def _entries(matrix: str | Sequence[Sequence[float]] | Tensor) -> Float64[Tensor, "2 2"]:
    """The matrix of that name or with those entries."""
    if isinstance(matrix, str) and matrix not in MATRICES:
        raise ValueError(f"unknown matrix {matrix!r}: choose from {', '.join(MATRICES)}")
    try:
        A = torch.as_tensor(MATRICES[matrix] if isinstance(matrix, str) else matrix)
        A = A.detach().double()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"matrix must be 2 by 2 numbers, got {matrix!r}") from error
    if A.shape != (2, 2):
        raise ValueError(f"matrix must be 2 by 2, got shape {tuple(A.shape)}")
    if not A.abs().max() <= LIMIT:
        raise ValueError(f"entries must lie between -{LIMIT:g} and {LIMIT:g}, got {A.tolist()}")
    return A


def linear_map(
    matrix: str | Sequence[Sequence[float]] | Tensor = "shear",
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """The plane before and after a matrix: grid, unit square, unit circle, directions kept.

    The reader drags the images of the two basis vectors, which are the matrix's columns, and a
    vector x round the unit circle. The area of the unit square's image is the determinant, red
    where the orientation is reversed; the half axes of the ellipse are the singular values with
    the left singular vectors; dashed lines are the real eigenvectors' directions.

    Args:
        matrix: shown first: 2 by 2 entries between -2 and 2, or "shear", "rotation",
            "reflection", "symmetric", "projection", "oblique".
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown name, or not 2 by 2 numbers within the picture.

    Section: :ref:`sec-svd`

    Source: Blinn (1996), Consider the lowly 2 x 2 matrix, doi:10.1109/38.486688.

    Example:
        >>> linear_map([[0, -1], [1, 0]]).state["matrix"]
        [0.0, -1.0, 1.0, 0.0]

    In production: torch.linalg.svd and torch.linalg.eig give the numbers.
    """
    A = _entries(matrix)
    U, S, Vh = torch.linalg.svd(A)
    kept, identity = _eigenvectors(A), torch.eye(2, dtype=torch.float64)
    x = _polar(torch.tensor([ANGLE], dtype=torch.float64))
    presets = {name: [v for row in rows for v in row] for name, rows in MATRICES.items()}
    entries = A.flatten().tolist()
    names = [name for name, values in presets.items() if values == entries]
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Two planes, before and after the matrix with rows {A.tolist()}. The grid becomes "
        f"another grid, the unit square a parallelogram of signed area {A.det():.2f}, the unit "
        f"circle an ellipse with half axes {S[0]:.2f} and {S[1]:.2f}; "
        f"{('no single direction is', 'one direction is', 'two directions are')[len(kept)]} kept.",
        [_plane(True, identity, Vh.T, kept, x), _plane(False, A, U * S, kept, x)],
        {
            "matrix": entries,
            "preset": names[0] if names else "",
            "angle": ANGLE,
            "limit": LIMIT,
            "singular": True,
            "eigen": True,
            "names": NAMES,
            "presets": presets,
        },
    )
