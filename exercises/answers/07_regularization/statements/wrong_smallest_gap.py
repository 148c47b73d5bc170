"""Runs judged by the gap, or by the training loss alone."""
# fails: three_runs, two_modes

statements = {**statements, "curves": "c", "higher": "a"}
