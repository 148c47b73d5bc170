"""The same numbers, computed."""

on = 1 / (1 + math.exp(-1))
Z = 4 + (1 + math.e) ** 2 / math.e
pencil = {
    "states": (2**20, 2**60 * 1e-9),
    "softmax": 32000 * 4096,
    "free": (-(0.5 + math.log(2)), 0.5),
    "layer": (math.log(Z), (1 + math.e) / Z),
    "phases": (on - math.e / (3 + math.e), on - on * (on**2 + (1 - on) / 2)),
    "posterior": (2 / 3, 2 / 7, 20 / 21),
    "optimum": (math.log(0.4), math.log(4 / 5)),
    "importance": (9, 42, 208),
    "jensen": (math.log(2), math.log(3) / 2, math.log(12) / 4),
    "cost": 50.0,
    "matching": (17 / 8, 17 / 8 + 2 / 9),
    "denoising": -4 / 10,
}
pencil = {name: list(value) if isinstance(value, tuple) else value for name, value in pencil.items()}
