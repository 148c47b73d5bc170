"""The logarithm of the mean probability."""
# fails: exact_likelihoods, report_about_new_images

def average_log_likelihood(v, W, b, c):
    softplus, h = torch.nn.functional.softplus, every_state(len(c))
    log_Z = torch.logsumexp(h @ c + softplus(h @ W.T + b).sum(dim=1), dim=0)
    log_p = v @ b + softplus(v @ W + c).sum(dim=1) - log_Z
    return torch.logsumexp(log_p, dim=0).item() - math.log(len(v))
