"""The Fréchet distance sees copies."""
# fails: what_metrics_miss

statements = {**statements, "copied": "a"}
