"""The actions with the largest immediate reward."""
# fails: best_of_all_policies

_iteration = value_iteration


def value_iteration(P, R, gamma, tolerance=1e-10):
    return _iteration(P, R, gamma, tolerance)[0], R.argmax(dim=1).tolist()
