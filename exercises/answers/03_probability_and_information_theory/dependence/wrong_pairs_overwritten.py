"""Each pair counted once, however often it occurs."""
# fails: counts_of_pairs, activations_on_edges, activations_outside


def binned_mutual_information(labels, t, edges):
    bins = torch.bucketize(t, edges[1:-1].contiguous(), right=True)
    joint = torch.zeros(int(labels.max()) + 1, len(edges) - 1, dtype=t.dtype)
    joint[labels, bins] += 1
    joint = joint / joint.sum()
    product = torch.outer(joint.sum(dim=1), joint.sum(dim=0))
    return (torch.xlogy(joint, joint) - torch.xlogy(joint, product)).sum()
