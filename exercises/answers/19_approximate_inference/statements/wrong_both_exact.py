"""Iterations bring mean field to the posterior."""
# fails: time_without_end

statements = {**statements, "chains": "a"}
