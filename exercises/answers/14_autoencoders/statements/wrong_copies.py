"""Wide codes are thought to copy, and the penalty to like copies."""
# fails: overcomplete_denoisers, penalty_without_reconstruction

statements = {**statements, "wide": "a", "constant": "a"}
