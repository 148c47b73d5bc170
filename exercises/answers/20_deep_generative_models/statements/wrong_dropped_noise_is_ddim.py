"""Without noise it is DDIM."""
# fails: steps_of_diffusion

statements = {**statements, "dropped": "a"}
