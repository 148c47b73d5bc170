"""A small number added to the target and to the candidates."""
# fails: very_narrow_candidates, target_without_a_left_half


def fit_gaussian(x, p, means, variances, direction):
    q = torch.softmax(-(x - means[:, None, None]).square() / (2 * variances[:, None]), dim=2) + 1e-12
    p = p + 1e-12
    divergence = (p * (p / q).log()).sum(dim=2) if direction == "forward" else (q * (q / p).log()).sum(dim=2)
    i, j = divmod(int(divergence.argmin()), len(variances))
    return means[i].item(), variances[j].item()
