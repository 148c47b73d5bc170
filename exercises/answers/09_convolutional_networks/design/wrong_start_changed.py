"""The start changed in place: worse children can't be forgotten."""
# fails: line_of_small_changes, top_of_a_hill


def evolve(space, score, cost, budget, start, generations, generator):
    best = score(start)
    for _ in range(generations):
        name = list(space)[torch.randint(len(space), (), generator=generator)]
        others = [value for value in space[name] if value != start[name]]
        child = start
        child[name] = others[torch.randint(len(others), (), generator=generator)]
        if cost(child) <= budget:
            best = max(best, score(child))
    return start, best
