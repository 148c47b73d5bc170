"""The explicit loss is thought to be computable."""
# fails: scores_and_constants

statements = {**statements, "explicit": "a", "score": "c"}
