"""Each feature at the whole level."""
# fails: many_features


def shifted_features(a, b, p_value, alpha=0.05):
    return [j for j in range(a.shape[1]) if p_value(a[:, j], b[:, j]) <= alpha]
