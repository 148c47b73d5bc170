"""Always begins with the first row."""
# fails: first_centre


def k_means_plus_plus(X, k, generator):
    chosen = torch.zeros(1, dtype=torch.int64)
    while len(chosen) < k:
        p = seeding_probabilities(X, X[chosen])
        chosen = torch.cat([chosen, p.multinomial(1, generator=generator)])
    return chosen
