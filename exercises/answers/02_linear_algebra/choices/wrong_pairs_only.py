"""No two vectors are parallel, which does not make three of them independent."""
# fails: linear_independence

choices = {**choices, "independent": "d"}
