"""The threshold without the sign."""
# fails: threshold_by_hand, threshold_of_random_numbers, prox_is_where_the_derivative_vanishes, lasso_is_optimal_and_sparse, elastic_net_is_optimal, orthogonal_design


def soft_threshold(v, tau):
    return (v.abs() - tau).clamp(min=0)
