"""A unit without effect is divided by 0."""
# fails: unused_units


def unit_columns(W_e, b_e, W_d):
    length = W_d.norm(dim=0)
    return W_e * length[:, None], b_e * length, W_d / length
