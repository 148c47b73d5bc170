"""The threshold does not depend on the length of the step."""
# fails: one_step_by_hand, lasso_is_optimal_and_sparse, elastic_net_is_optimal


def ista(slope, w, step, lam1, lam2, steps):
    for _ in range(steps):
        w = elastic_net_prox(w - step * slope(w), 1.0, lam1, lam2)
    return w
