"""Means of the features into the gaps."""
# fails: rows_with_gaps

statements = {**statements, "gaps": "b"}
