"""The best of a coarse grid."""
# fails: temperature_by_hand, temperature_is_optimal


def fit_temperature(Z, y):
    grid = [0.1 * k for k in range(1, 101)]
    return min(grid, key=lambda t: torch.nn.functional.cross_entropy(Z / t, y).item())
