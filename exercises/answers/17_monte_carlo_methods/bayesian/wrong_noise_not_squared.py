"""The noise is added as it is."""
# fails: two_networks_by_hand, doubt_away_from_the_data


def predict(outputs, noise):
    unknown = outputs.var(dim=0, unbiased=False)
    return outputs.mean(dim=0), unknown, unknown + noise
