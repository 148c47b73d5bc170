"""All entries of the tables are counted, as if they didn't add up to 1."""
# fails: numbers_that_are_free, numbers_of_a_network

pencil = {**pencil, "parameters": [1024, 38], "network": [2 + 2 + 12 + 6, 24]}
