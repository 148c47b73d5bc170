"""Proportional to the distance."""
# fails: three_points_by_hand, probabilities_with_many_centres, far_row


def seeding_probabilities(X, centres):
    d = (X[:, None] - centres).square().sum(dim=2).amin(dim=1).sqrt()
    return d / d.sum()
