"""Bins of equal width."""
# fails: index_bin_by_bin


def stability_index(train, live, bins=10):
    borders = torch.linspace(train.min().item(), train.max().item(), bins + 1, dtype=train.dtype)[1:-1]
    t, l = ((torch.bucketize(s, borders).bincount(minlength=bins) + 0.5) / (len(s) + 0.5 * bins) for s in (train, live))
    return ((l - t) * torch.log(l / t)).sum().item()
