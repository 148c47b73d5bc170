"""The mean without the factor 1 + w."""
# fails: tilted_by_a_grid

def tilted_gaussian(c, tau, w):
    precision = 1 + w - w / (1 + tau**2)
    return c / precision, 1 / precision
