"""The same numbers, computed."""

joint, q = (0.05, 0.12, 0.1), (0.2, 0.5, 0.3)
bound = sum(a * math.log(b / a) for a, b in zip(q, joint))
variance = 1 - 8 / (5 * math.pi)
pencil = {
    "grid": [2**64, 2**9],
    "elbo": [bound, math.log(0.27) - bound, math.log(0.27)],
    "gaussian": [5 / 9, 1 / 2, math.log(10 / 9) / 2],
    "match": [4 / 5, 4.475 - 0.64],
    "sweep": [math.tanh(0.5), math.tanh(math.tanh(0.5))],
    "saddle": [-9 / 5, -1 / 5, -3.0, 1.0],
    "cycle": [4 / 3, 6.0, 7 / 2, 43 / 12],
    "svi": [35.0, 112.0],
    "message": [9 / 17, 8 / 17],
    "site": [math.sqrt(8 / (5 * math.pi)), variance, 1 / variance - 1, math.sqrt(8 / (5 * math.pi)) / variance],
    "gradient": [15 / 4, 3.0, 3 / 2],
    "amortized": [7 / 26, 4 / 13],
}
