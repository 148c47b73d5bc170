"""Only the first channel covered."""
# fails: squares_over_a_template


def occlusion_map(model, x, label, size, value=0.0):
    rows, columns = (side - size + 1 for side in x.shape[1:])
    covered = x.repeat(rows * columns, 1, 1, 1)
    for number, (i, j) in enumerate(itertools.product(range(rows), range(columns))):
        covered[number, 0, i : i + size, j : j + size] = value
    drop = model(x[None])[:, label] - model(covered)[:, label]
    return drop.reshape(rows, columns).detach()
