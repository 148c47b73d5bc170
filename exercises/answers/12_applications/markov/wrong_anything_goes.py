"""Nothing is checked but the discount."""
# fails: what_is_no_process


def check_mdp(P, R, gamma):
    if not 0 <= gamma < 1:
        raise ValueError("the discount")
