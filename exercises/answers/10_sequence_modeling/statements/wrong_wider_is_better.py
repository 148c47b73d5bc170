"""A wider beam thought never to lose."""
# fails: width_of_a_beam

statements = {**statements, "wide": "a"}
