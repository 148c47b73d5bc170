"""The test would correct any integrator."""
# fails: what_the_test_corrects

statements = {**statements, "euler": "a"}
