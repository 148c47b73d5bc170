"""The self-normalised estimate would be unbiased."""
# fails: quotient_of_means

statements = {**statements, "normalised": "a"}
