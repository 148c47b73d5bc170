"""One row for each input."""
# fails: two_networks_by_hand, outputs_of_torch, doubt_away_from_the_data

whole_network = network


def network(w, x):
    return whole_network(w, x).T


def log_posterior(w, x, y, noise, prior):
    def log_normal(deviation, sd):
        return (-((deviation / sd) ** 2) / 2 - math.log(sd) - math.log(2 * math.pi) / 2).sum(dim=1)

    return log_normal(y - whole_network(w, x), noise) + log_normal(w, prior)
