"""The data's energy is raised."""
# fails: what_the_phases_do

statements = {**statements, "phases": "b"}
