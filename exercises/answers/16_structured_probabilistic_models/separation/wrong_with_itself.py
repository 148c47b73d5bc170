"""The node is put into its own blanket."""
# fails: blankets_that_shield

blanket_around_a_node = markov_blanket


def markov_blanket(parents, i):
    return blanket_around_a_node(parents, i) | {i}
