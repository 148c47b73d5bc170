"""Beliefs that have converged are marginals."""
# fails: around_the_cycle

statements = {**statements, "loops": "a"}
