"""Fractions and whole numbers."""

pencil = {
    "two": 5,
    "count": 128 * 64 * 9 + 128,
    "sides": [112, 55, 55],
    "seen": 19,
    "dilated": [31, 15 / 4, 961 / 36],
    "gaps": [13, 7],
    "separable": 1 / 128 + 1 / 9,
    "row": [2, 2, 7, 4, 1, 5],
    "pooled": [3, -1 / 4, 25**0.5],
    "dense": [3 * 64 * 32**4, 64 * 27 + 64],
    "skip": 13 / 2,
    "boxes": [3 / 13, 3 / 8],
}
