"""Only the labelled examples count for the distances."""
# fails: farthest_points_first, uncertain_and_diverse


def diverse_margin(probabilities, X, labelled, k, pool):
    near = (X[:, None] - X).norm(dim=2)[labelled].amin(dim=0)
    left = margin_sampling(probabilities, labelled, min(pool, int((~labelled).sum())))
    return sorted(left, key=lambda i: (-near[i].item(), i))[:k]
