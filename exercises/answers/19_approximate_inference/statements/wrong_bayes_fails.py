"""What can't be evaluated is the likelihood."""
# fails: what_is_out_of_reach

statements = {**statements, "posterior": "c"}
