"""Every child a change of the start."""
# fails: line_of_small_changes, top_of_a_hill


def evolve(space, score, cost, budget, start, generations, generator):
    current, best = start, score(start)
    for _ in range(generations):
        name = list(space)[torch.randint(len(space), (), generator=generator)]
        others = [value for value in space[name] if value != start[name]]
        child = {**start, name: others[torch.randint(len(others), (), generator=generator)]}
        if cost(child) <= budget:
            found = score(child)
            if found >= best:
                current, best = child, found
    return current, best
