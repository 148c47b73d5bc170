"""Forward for reverse."""
# fails: forward_covers_both_peaks, reverse_locks_on_one_peak, very_narrow_candidates, target_without_a_left_half


def fit_gaussian(x, p, means, variances, direction):
    log_q = torch.log_softmax(-(x - means[:, None, None]).square() / (2 * variances[:, None]), dim=2)
    q = log_q.exp()
    if direction == "forward":
        divergence = (q * log_q - torch.xlogy(q, p)).sum(dim=2)
    else:
        divergence = -(p * log_q).sum(dim=2)
    i, j = divmod(int(divergence.argmin()), len(variances))
    return means[i].item(), variances[j].item()
