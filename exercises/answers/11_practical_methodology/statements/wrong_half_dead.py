"""Half of all inputs are enough to be dead."""
# fails: pairs_and_dead_units

statements = {**statements, "silent": "a"}
