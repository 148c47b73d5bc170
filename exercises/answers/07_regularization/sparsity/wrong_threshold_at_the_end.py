"""Gradient descent, thresholded once at the end."""
# fails: lasso_is_optimal_and_sparse, elastic_net_is_optimal, number_of_steps


def ista(slope, w, step, lam1, lam2, steps):
    for _ in range(steps):
        w = w - step * slope(w)
    return elastic_net_prox(w, step, lam1, lam2)
