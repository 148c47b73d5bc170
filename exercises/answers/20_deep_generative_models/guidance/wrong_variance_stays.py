"""The mean moves, the variance stays 1."""
# fails: tilted_by_a_grid

def tilted_gaussian(c, tau, w):
    precision = 1 + w - w / (1 + tau**2)
    return (1 + w) * c / precision, 1.0
