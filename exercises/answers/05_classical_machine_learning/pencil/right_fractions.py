"""Fractions and roots for the decimals."""

pencil = {
    "line": [2, 0],
    "ridge": [5 / 3, 5 / 6],
    "probability": math.e / (1 + math.e),
    "crossing": 7,
    "gini": 12 / 25,
    "entropy": 0.97095059445,
    "width": 8**0.5,
    "boosted": [24, 24, 26, 26],
    "seeding": [0, 1 / 101, 100 / 101],
    "vote": 44 / 125,
}
