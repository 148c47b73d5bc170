"""The smaller eigenvalue by the difference."""
# fails: twins_very_close


def kappa_of_twins(eps):
    root = math.sqrt(4 + eps**2)
    smallest = (2 + eps - root) / 2
    return (2 + eps + root) / 2 / smallest if smallest else math.inf
