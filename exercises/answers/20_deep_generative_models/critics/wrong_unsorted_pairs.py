"""Places are paired as they come."""
# fails: small_distances, transport_by_scipy

def wasserstein(x, y, u, v):
    if len(x) != len(y):
        place, order = torch.cat([x, y]).sort()
        return (torch.cat([u, -v])[order].cumsum(dim=0)[:-1].abs() * place.diff()).sum()
    return ((x - y).abs() * u).sum()
