"""C has a row for each state of a single parent."""
# fails: numbers_of_a_network

pencil = {**pencil, "network": [1 + 1 + 2 * 2 + 3, 23]}
