"""The product is narrow under any divergence."""
# fails: two_directions

statements = {**statements, "narrow": "a"}
