"""Nothing is added to the counts."""
# fails: two_bins_of_four, index_bin_by_bin


def stability_index(train, live, bins=10):
    borders = train.quantile(torch.arange(1, bins, dtype=train.dtype) / bins)
    t, l = (torch.bucketize(s, borders).bincount(minlength=bins) / len(s) for s in (train, live))
    return ((l - t) * torch.log(l / t)).sum().item()
