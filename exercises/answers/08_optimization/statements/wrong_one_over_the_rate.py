"""One over the rate in the place of two over the rate."""
# fails: edge_of_stability

statements = {**statements, "edge": "b"}
