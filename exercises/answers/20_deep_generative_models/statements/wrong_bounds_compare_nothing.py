"""A bound says nothing."""
# fails: who_knows_a_likelihood

statements = {**statements, "bound": "c"}
