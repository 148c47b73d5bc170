"""The direction ignored."""
# fails: forward_covers_both_peaks, very_narrow_candidates


def fit_gaussian(x, p, means, variances, direction):
    log_q = torch.log_softmax(-(x - means[:, None, None]).square() / (2 * variances[:, None]), dim=2)
    q = log_q.exp()
    divergence = (q * log_q - torch.xlogy(q, p)).sum(dim=2)
    i, j = divmod(int(divergence.argmin()), len(variances))
    return means[i].item(), variances[j].item()
