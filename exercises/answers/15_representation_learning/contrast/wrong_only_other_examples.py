"""One negative for each other example."""
# fails: smallest_losses


def smallest_nt_xent(n, temperature):
    return math.log(1 + (n - 1) * math.exp(-n / (n - 1) / temperature))
