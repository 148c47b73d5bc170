"""One table after the other for the values of Z, and counts by a loop."""


def conditional_mutual_information(joint):
    total = torch.zeros((), dtype=joint.dtype)
    for table in joint.unbind(dim=2):
        weight = table.sum()
        if weight > 0:
            p = table / weight
            product = p.sum(dim=1, keepdim=True) * p.sum(dim=0)
            total = total + weight * (torch.xlogy(p, p) - torch.xlogy(p, product)).sum()
    return total


def binned_mutual_information(labels, t, edges):
    bins = (t[:, None] >= edges[1:-1]).sum(dim=1)
    total = 0.0
    for label in set(labels.tolist()):
        for b in set(bins.tolist()):
            both = ((labels == label) & (bins == b)).double().mean()
            if both > 0:
                apart = (labels == label).double().mean() * (bins == b).double().mean()
                total = total + both * (both / apart).log()
    return total.to(t.dtype)
