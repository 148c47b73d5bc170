"""Score matching is thought to find shares like maximum likelihood."""
# fails: shares_of_two_modes

statements = {**statements, "weights": "a"}
