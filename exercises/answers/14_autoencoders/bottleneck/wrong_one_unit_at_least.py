"""No code has less than one unit."""
# fails: smallest_codes

plain = code_size


def code_size(X, share):
    return max(1, plain(X, share))
