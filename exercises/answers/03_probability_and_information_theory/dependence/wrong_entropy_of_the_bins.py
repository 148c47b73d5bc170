"""The entropy of the bins: right only where the label tells the bin."""
# fails: counts_of_pairs, activations_on_edges


def binned_mutual_information(labels, t, edges):
    bins = torch.bucketize(t, edges[1:-1].contiguous(), right=True)
    p = torch.bincount(bins).to(t.dtype) / len(t)
    return -torch.xlogy(p, p).sum()
