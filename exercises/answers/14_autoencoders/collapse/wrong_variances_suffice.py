"""Units whose variance is 1; means don't count."""
# fails: units_without_information


def collapsed(mu, logvar, least=0.01):
    return ((logvar.exp() - 1 - logvar) / 2).mean(dim=0) < least
