"""Events that happen together taken for dependent ones."""
# fails: independent_is_not_disjoint

statements = {**statements, "events": "c"}
