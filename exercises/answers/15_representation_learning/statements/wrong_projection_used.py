"""The projection is used, and negatives are thought to be right."""
# fails: what_is_used_downstream, negatives_that_are_none

statements = {**statements, "head": "b", "negatives": "a"}
