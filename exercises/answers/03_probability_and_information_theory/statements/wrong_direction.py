"""What the reverse divergence does said of the forward one."""
# fails: forward_divergence

statements = {**statements, "modes": "a"}
