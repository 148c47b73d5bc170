"""The covariance of the unobserved coordinates is inverted."""
# fails: conditional_by_hand, conditional_by_precision


def gaussian_conditional(mean, cov, index, value):
    rest = [i for i in range(len(mean)) if i not in index]
    cross = cov[rest][:, index]
    gain = torch.linalg.pinv(cov[rest][:, rest]).mean() * cross
    return mean[rest] + gain @ (value - mean[index]), cov[rest][:, rest] - gain @ cross.T
