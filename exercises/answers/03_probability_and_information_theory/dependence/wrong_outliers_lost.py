"""Activations outside of the edges not counted."""
# fails: activations_outside


def binned_mutual_information(labels, t, edges):
    inside = (t >= edges[0]) & (t < edges[-1])
    labels, t = labels[inside], t[inside]
    bins = torch.bucketize(t, edges[1:-1].contiguous(), right=True)
    joint = torch.zeros(int(labels.max()) + 1, len(edges) - 1, dtype=t.dtype)
    joint.index_put_((labels, bins), torch.ones_like(t) / len(t), accumulate=True)
    product = torch.outer(joint.sum(dim=1), joint.sum(dim=0))
    return (torch.xlogy(joint, joint) - torch.xlogy(joint, product)).sum()
