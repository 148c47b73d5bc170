"""What a selection makes is taken for an influence."""
# fails: two_causes_of_one_effect

statements = {**statements, "collider": "a"}
