"""Worked out by formulas."""

from statistics import NormalDist

pencil = {
    "dice": [2 / 3, 2 / 3],
    "alarms": 0.4 / 0.6 * (0.25 / 0.75) * 0.8,
    "groups": 0.2 / 0.8 * (0.25 / 0.75) * 0.8,
    "watchlist": [1 - math.exp(-1), 1e3],
    "screening": 1 / 2,
    "laplace": [1 / 4, math.sqrt(32)],
    "response": [math.log(0.75 / 0.25), 0.3],
    "verification": NormalDist().cdf(-3 / 2),
    "ap": 29 / 60,
    "cascade": 8,
    "code": 8 / 15,
    "ratio": [1.36, 1.36**10 - 1],
    "value": 0.9**4 - (1 - 0.9**4),
}
