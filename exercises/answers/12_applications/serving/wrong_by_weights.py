"""The front by weighted sums, which miss what lies in a dent."""
# fails: fronts_by_comparison


def pareto_front(accuracy, cost, latency):
    points = torch.tensor([[-a for a in accuracy], cost, latency], dtype=torch.float64).T
    points = (points - points.mean(dim=0)) / (points.std(dim=0) + 1e-9)
    weights = torch.rand(2000, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return (points @ weights.T).argmin(dim=0).unique().tolist()
