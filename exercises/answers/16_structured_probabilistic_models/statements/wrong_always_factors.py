"""Independence would always give factors."""
# fails: from_independence_to_factors

statements = {**statements, "positive": "b"}
