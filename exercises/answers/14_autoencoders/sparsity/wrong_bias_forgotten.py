"""The bias isn't scaled."""
# fails: same_function_with_unit_columns

plain = unit_columns


def unit_columns(W_e, b_e, W_d):
    U_e, _, U_d = plain(W_e, b_e, W_d)
    return U_e, b_e, U_d
