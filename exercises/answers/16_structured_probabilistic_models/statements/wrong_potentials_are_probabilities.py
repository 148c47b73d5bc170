"""A larger potential makes its states more probable."""
# fails: factor_of_ten

statements = {**statements, "partition": "a"}
