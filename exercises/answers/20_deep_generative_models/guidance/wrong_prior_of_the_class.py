"""The variance of c in place of that of x."""
# fails: tilted_by_a_grid

def tilted_gaussian(c, tau, w):
    precision = 1 + w - w / tau**2
    return (1 + w) * c / precision, 1 / precision
