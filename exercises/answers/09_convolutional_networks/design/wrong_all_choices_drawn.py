"""All choices drawn anew in each generation."""
# fails: line_of_small_changes


def evolve(space, score, cost, budget, start, generations, generator):
    current, best = start, score(start)
    for _ in range(generations):
        child = {name: values[torch.randint(len(values), (), generator=generator)] for name, values in space.items()}
        if cost(child) <= budget:
            found = score(child)
            if found >= best:
                current, best = child, found
    return current, best
