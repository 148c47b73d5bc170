"""Newton's method expected to know where down is."""
# fails: leaving_a_saddle

statements = {**statements, "newton": "b"}
