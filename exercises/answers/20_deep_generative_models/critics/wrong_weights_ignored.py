"""All places have the same probability."""
# fails: small_distances, transport_by_scipy

def wasserstein(x, y, u, v):
    place, order = torch.cat([x, y]).sort()
    gap = torch.cat([torch.full_like(u, 1 / len(u)), torch.full_like(v, -1 / len(v))])[order].cumsum(dim=0)
    return (gap[:-1].abs() * place.diff()).sum()
