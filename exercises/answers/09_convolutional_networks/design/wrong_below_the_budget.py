"""A cost that equals the budget not allowed."""
# fails: seeds_and_limits


def search(space, score, cost, budget, trials, generator):
    candidates = [dict(zip(space, values)) for values in itertools.product(*space.values())]
    allowed = [c for c in candidates if cost(c) < budget]
    order = torch.randperm(len(allowed), generator=generator)[:trials].tolist()
    scores = [score(allowed[i]) for i in order]
    return allowed[order[scores.index(max(scores))]], max(scores)
