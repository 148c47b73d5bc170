"""The exponent is ln Z."""
# fails: best_of_three_spins, best_by_enumeration, stars_and_single_nodes, three_hundred_spins

states_and_exponent = most_probable


def most_probable(unary, edges, pair):
    return states_and_exponent(unary, edges, pair)[0], sum_product(unary, edges, pair)[2]
