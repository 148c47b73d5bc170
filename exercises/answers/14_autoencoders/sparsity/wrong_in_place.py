"""The decoder given is changed."""
# fails: same_function_with_unit_columns

plain = unit_columns


def unit_columns(W_e, b_e, W_d):
    U_e, c_e, U_d = plain(W_e, b_e, W_d)
    return U_e, c_e, W_d.copy_(U_d)
