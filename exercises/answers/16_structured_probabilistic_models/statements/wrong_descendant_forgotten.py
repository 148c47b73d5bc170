"""Only the collider itself would open the way."""
# fails: two_causes_of_one_effect

statements = {**statements, "descendant": "b"}
