"""Labelled examples are chosen again."""
# fails: smallest_margins


def margin_sampling(probabilities, labelled, k):
    first, second = probabilities.topk(2, dim=1).values.T
    return (first - second).sort(stable=True).indices[:k].tolist()


def diverse_margin(probabilities, X, labelled, k, pool):
    first, second = probabilities.topk(2, dim=1).values.T
    margins = torch.where(labelled, math.inf, first - second)
    left = sorted(margins.sort(stable=True).indices[: min(pool, int((~labelled).sum()))].tolist())
    distance = (X[:, None] - X).norm(dim=2)
    near, chosen = distance[labelled].amin(dim=0), []
    for _ in range(k):
        chosen.append(max(left, key=lambda i: near[i].item()))
        left.remove(chosen[-1])
        near = torch.minimum(near, distance[chosen[-1]])
    return chosen
