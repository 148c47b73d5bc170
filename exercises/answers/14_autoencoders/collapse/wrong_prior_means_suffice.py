"""Units whose means hardly move; variances don't count."""
# fails: units_without_information


def collapsed(mu, logvar, least=0.01):
    return (mu**2 / 2).mean(dim=0) < least
