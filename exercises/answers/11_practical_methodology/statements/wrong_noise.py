"""Random search is thought to average noise out, temperature to improve accuracy."""
# fails: random_against_grid, what_temperature_changes

statements = {**statements, "random": "c", "temperature": "a"}
