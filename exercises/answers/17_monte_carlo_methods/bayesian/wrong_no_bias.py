"""The last number is forgotten."""
# fails: two_networks_by_hand, outputs_of_torch, posterior_of_torch, doubt_away_from_the_data

whole_network = network


def network(w, x):
    return whole_network(w, x) - w[:, -1:]
