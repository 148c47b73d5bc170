"""The changed choice may take the value that it has."""
# fails: line_of_small_changes


def evolve(space, score, cost, budget, start, generations, generator):
    current, best = start, score(start)
    for _ in range(generations):
        name = list(space)[torch.randint(len(space), (), generator=generator)]
        child = {**current, name: space[name][torch.randint(len(space[name]), (), generator=generator)]}
        if cost(child) <= budget:
            found = score(child)
            if found >= best:
                current, best = child, found
    return current, best
