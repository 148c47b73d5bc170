"""Exponential decay expected to reach everything."""
# fails: rates_that_reach_everywhere

statements = {**statements, "far": "b"}
