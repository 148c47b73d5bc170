"""The expectation over the data's outcomes."""
# fails: coin_by_hand, coin_anywhere


def coin_step(q, p, lr, by):
    if by == "probability":
        return p - lr * (p - q) / (p * (1 - p)) / (q / p**2 + (1 - q) / (1 - p) ** 2)
    z = math.log(p / (1 - p)) - lr * (p - q) / (q * (1 - p) ** 2 + (1 - q) * p**2)
    return 1 / (1 + math.exp(-z))
