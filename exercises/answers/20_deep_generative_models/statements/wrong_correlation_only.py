"""Only the total correlation is weighted."""
# fails: weights_on_parts

statements = {**statements, "parts": "a"}
