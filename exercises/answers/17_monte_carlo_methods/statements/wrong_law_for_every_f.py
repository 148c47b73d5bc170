"""Every mean would converge."""
# fails: large_numbers

statements = {**statements, "cauchy": "a"}
