"""Whole powers of ten only."""
# fails: decades_alike, steps_of_the_exploitation


def log_uniform(low, high, generator):
    a, b = round(math.log10(low)), round(math.log10(high))
    return min(max(10.0 ** int(torch.randint(a, b + 1, (), generator=generator)), low), high)
