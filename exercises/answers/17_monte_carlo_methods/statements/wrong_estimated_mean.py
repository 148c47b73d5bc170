"""A control variate with an estimated mean."""
# fails: what_is_gained

statements = {**statements, "unknown": "a"}
