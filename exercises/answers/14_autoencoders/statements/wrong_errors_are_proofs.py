"""Every anomaly is thought to have a large error."""
# fails: what_errors_tell

statements = {**statements, "anomaly": "a"}
