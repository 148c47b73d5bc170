"""Without the observed signs among the draws."""
# fails: p_value_is_never_zero

plain = sign_flip_test


def sign_flip_test(a, b, repeats, generator):
    return (plain(a, b, repeats, generator) * (1 + repeats) - 1) / repeats
