"""Instance for batch normalization, and dropout without a trace in the variance."""
# fails: batch_companions, variance_shift

statements = {**statements, "company": "c", "shift": "a"}
