"""Functions for the decimals."""

pencil = {
    "pairs": [math.log(1 + (1 + math.exp(-1.2)) / math.exp(1.6)), 0.43019],
    "collapsed": math.log(7),
    "smallest": math.log(1 + 2 * math.exp(-4)),
    "bound": [6 * math.log(2) - 1.5, 6 * math.log(2)],
    "half": [math.log(0.5) / math.log(0.99), math.log(0.5) / math.log(0.999)],
    "meta": [0.49 / 30, 0.7 / 30],
    "prototype": 1 / (1 + math.exp(-5)),
    "matching": [1 / (1 + math.exp(-0.8)), 1 / (1 + math.exp(0.8))],
    "uniformity": math.log((2 * math.exp(-4) + math.exp(-8)) / 3),
    "sparsity": 3 / 5,
    "floor": 2 / 5,
    "schedule": [math.tanh(1 / 2), math.tanh(5 / 2)],
}
