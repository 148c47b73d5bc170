"""Functions for the decimals."""

pencil = {
    "pairs": [math.log(1 + (1 + math.exp(1.6)) / math.exp(1.2)), 0.66804],
    "collapsed": math.log(11),
    "smallest": math.log(1 + 4 * math.exp(-3)),
    "bound": [6 * math.log(2) - 1.5, 6 * math.log(2)],
    "half": [math.log(0.5) / math.log(0.95), math.log(0.5) / math.log(0.998)],
    "meta": [-0.64 / 2, -0.8 / 2],
    "prototype": 1 / (1 + math.exp(-3)),
    "matching": [1 / (1 + math.exp(-0.6)), 1 / (1 + math.exp(0.6))],
    "uniformity": math.log((math.exp(-0.8) + math.exp(-1.6) + math.exp(-4)) / 3),
    "sparsity": 11 / 13,
    "floor": 3 / 10,
    "schedule": [math.tanh(1 / 2), math.tanh(5 / 2)],
}
