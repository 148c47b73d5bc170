"""The loss is the bound."""
# fails: steps_of_diffusion

statements = {**statements, "unweighted": "a"}
