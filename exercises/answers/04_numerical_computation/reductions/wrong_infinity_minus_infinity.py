"""The largest entry subtracted even if it is infinite."""
# fails: infinities


def log_sum_exp(x, dim=-1, keepdim=False):
    c = x.amax(dim=dim, keepdim=True)
    total = c + torch.exp(x - c).sum(dim=dim, keepdim=True).log()
    return total if keepdim else total.squeeze(dim)
