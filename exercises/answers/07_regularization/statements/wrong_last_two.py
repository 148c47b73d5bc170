"""Convexity, and a ball that PGD leaves."""
# fails: blended_targets, overfitting_to_an_attack

statements = {**statements, "blend": "a", "onestep": "b"}
