"""A collider taken for a fork."""
# fails: two_causes_of_one_effect

statements = {**statements, "collider": "a"}
