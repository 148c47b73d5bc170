"""The standard deviation of the draws for the standard error."""
# fails: four_values_by_hand, intervals_of_scipy, control_as_a_line


def estimate(values, level=0.95):
    mean, error = values.mean(), values.std()
    z = torch.special.ndtri(torch.tensor((1 + level) / 2, dtype=values.dtype))
    return mean, error, mean - z * error, mean + z * error
