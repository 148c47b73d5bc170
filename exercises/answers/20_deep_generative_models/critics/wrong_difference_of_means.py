"""The means alone."""
# fails: transport_by_scipy

def wasserstein(x, y, u, v):
    return ((u * x).sum() - (v * y).sum()).abs()
