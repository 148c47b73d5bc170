"""The area with its sign."""
# fails: transport_by_scipy

def wasserstein(x, y, u, v):
    place, order = torch.cat([x, y]).sort()
    gap = torch.cat([u, -v])[order].cumsum(dim=0)
    return (gap[:-1] * place.diff()).sum().abs()
