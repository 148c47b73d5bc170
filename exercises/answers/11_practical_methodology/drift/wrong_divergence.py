"""One divergence instead of the sum of both."""
# fails: two_bins_of_four, index_bin_by_bin


def stability_index(train, live, bins=10):
    borders = train.quantile(torch.arange(1, bins, dtype=train.dtype) / bins)
    t, l = ((torch.bucketize(s, borders).bincount(minlength=bins) + 0.5) / (len(s) + 0.5 * bins) for s in (train, live))
    return (l * torch.log(l / t)).sum().item()
