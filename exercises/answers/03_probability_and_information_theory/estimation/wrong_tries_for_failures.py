"""All tries added to beta."""
# fails: seven_of_ten, updates_of_a_coin


def beta_update(alpha, beta, k, n):
    return alpha + k, beta + n
