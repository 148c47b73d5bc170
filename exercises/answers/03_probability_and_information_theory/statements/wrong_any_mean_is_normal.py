"""The central limit theorem applied to variables without a variance."""
# fails: no_central_limit

statements = {**statements, "cauchy": "a"}
