"""The squared error called impossible."""
# fails: squared_error_of_a_probability

statements = {**statements, "brier": "a"}
