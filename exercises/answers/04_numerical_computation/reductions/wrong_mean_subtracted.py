"""The mean of the row subtracted."""
# fails: wide_and_low_rows, infinities


def log_sum_exp(x, dim=-1, keepdim=False):
    c = x.mean(dim=dim, keepdim=True)
    total = c + torch.exp(x - c).sum(dim=dim, keepdim=True).log()
    return total if keepdim else total.squeeze(dim)


def log_softmax(x, dim=-1):
    shifted = x - x.amax(dim=dim, keepdim=True)
    return shifted - shifted.exp().sum(dim=dim, keepdim=True).log()
