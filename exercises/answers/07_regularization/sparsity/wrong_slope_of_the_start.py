"""The slope asked only once."""
# fails: lasso_is_optimal_and_sparse, elastic_net_is_optimal, number_of_steps, orthogonal_design


def ista(slope, w, step, lam1, lam2, steps):
    g = slope(w)
    for _ in range(steps):
        w = elastic_net_prox(w - step * g, step, lam1, lam2)
    return w
