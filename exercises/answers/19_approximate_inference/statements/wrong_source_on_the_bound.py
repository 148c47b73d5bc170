"""The bound pushes the evidence up."""
# fails: who_moves_the_bound

statements = {**statements, "bound": "a", "model": "b"}
