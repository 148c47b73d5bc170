"""Candidates over the budget scored and then dropped."""
# fails: draws_of_the_search


def search(space, score, cost, budget, trials, generator):
    candidates = [dict(zip(space, values)) for values in itertools.product(*space.values())]
    order = torch.randperm(len(candidates), generator=generator)[:trials].tolist()
    scored = [(score(candidates[i]), i) for i in order]
    value, best = max((v, i) for v, i in scored if cost(candidates[i]) <= budget)
    return candidates[best], value
