"""The distance has no bias."""
# fails: what_metrics_miss

statements = {**statements, "few": "a"}
