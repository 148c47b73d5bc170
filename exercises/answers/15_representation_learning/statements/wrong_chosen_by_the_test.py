"""The penalty is chosen by the test examples; frozen by a flag."""
# fails: fair_choices, truly_frozen

statements = {**statements, "penalty": "a", "frozen": "b"}
