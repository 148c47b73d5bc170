"""Subgradient steps in the place of proximal ones: weights hover around zero."""
# fails: one_step_by_hand, lasso_is_optimal_and_sparse, elastic_net_is_optimal, orthogonal_design


def ista(slope, w, step, lam1, lam2, steps):
    for _ in range(steps):
        w = w - step * (slope(w) + lam1 * w.sign() + 2 * lam2 * w)
    return w
