"""One image for all squares: what was covered stays covered."""
# fails: squares_over_a_template, peak_on_the_template


def occlusion_map(model, x, label, size, value=0.0):
    rows, columns = (side - size + 1 for side in x.shape[1:])
    covered, out = x.clone(), torch.zeros(rows, columns, dtype=x.dtype)
    for i, j in itertools.product(range(rows), range(columns)):
        covered[:, i : i + size, j : j + size] = value
        out[i, j] = (model(x[None]) - model(covered[None]))[0, label].detach()
    return out
