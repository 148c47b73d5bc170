"""The step in p, whatever the parameter."""
# fails: coin_by_hand, coin_anywhere, gap_of_second_order


def coin_step(q, p, lr, by):
    return p - lr * (p - q)
