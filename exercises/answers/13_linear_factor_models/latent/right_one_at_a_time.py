"""One observed coordinate after another; one row after another."""


def gaussian_conditional(mean, cov, index, value):
    mean, cov, left = mean.clone(), cov.clone(), list(range(len(mean)))
    for i, v in zip(index, value):
        j = left.index(i)
        keep = [a for a in range(len(left)) if a != j]
        gain = cov[keep, j] / cov[j, j]
        mean = mean[keep] + gain * (v - mean[j])
        cov = cov[keep][:, keep] - torch.outer(gain, cov[j, keep])
        left.remove(i)
    return mean, cov


def ppca_mean(X, W, sigma2, mu):
    k = W.shape[1]
    longer = torch.cat([W, sigma2**0.5 * torch.eye(k, dtype=W.dtype)])
    return torch.stack([torch.linalg.lstsq(longer, torch.cat([x - mu, x.new_zeros(k)])[:, None]).solution[:, 0] for x in X])
