"""The farthest row is taken for certain."""
# fails: second_centre


def k_means_plus_plus(X, k, generator):
    chosen = torch.randint(len(X), (1,), generator=generator)
    while len(chosen) < k:
        chosen = torch.cat([chosen, seeding_probabilities(X, X[chosen]).argmax()[None]])
    return chosen
