"""A baseline is thought to bias the gradient, calibration to be fair in every sense."""
# fails: baseline_of_a_state, criteria_in_conflict

statements = {**statements, "baseline": "a", "criteria": "c"}
