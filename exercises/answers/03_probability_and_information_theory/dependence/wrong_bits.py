"""Bits instead of nats."""
# fails: two_bins_and_one, counts_of_pairs, activations_on_edges, activations_outside, fine_bins_tell_everything


def binned_mutual_information(labels, t, edges):
    bins = torch.bucketize(t, edges[1:-1].contiguous(), right=True)
    joint = torch.zeros(int(labels.max()) + 1, len(edges) - 1, dtype=t.dtype)
    joint.index_put_((labels, bins), torch.ones_like(t) / len(t), accumulate=True)
    product = torch.outer(joint.sum(dim=1), joint.sum(dim=0))
    return (torch.xlogy(joint, joint) - torch.xlogy(joint, product)).sum() / math.log(2)
