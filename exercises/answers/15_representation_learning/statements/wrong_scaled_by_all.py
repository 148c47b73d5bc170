"""Scaled by everything; frozen by a flag."""
# fails: fair_scaling, truly_frozen

statements = {**statements, "scaling": "a", "frozen": "b"}
