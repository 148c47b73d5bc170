"""Nesterov's step thought to cost two gradients."""
# fails: gradients_of_nesterov

statements = {**statements, "price": "a"}
