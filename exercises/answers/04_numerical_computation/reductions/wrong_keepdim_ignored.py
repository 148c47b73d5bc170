"""The dimension always dropped."""
# fails: sums_match_torch


def log_sum_exp(x, dim=-1, keepdim=False):
    c = x.amax(dim=dim, keepdim=True)
    c = torch.where(torch.isfinite(c), c, 0)
    return (c + torch.exp(x - c).sum(dim=dim, keepdim=True).log()).squeeze(dim)


def log_softmax(x, dim=-1):
    shifted = x - x.amax(dim=dim, keepdim=True)
    return shifted - shifted.exp().sum(dim=dim, keepdim=True).log()
