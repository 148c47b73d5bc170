"""The two models exchanged."""
# fails: changes_of_coordinates

statements = {**statements, "units": "b", "turned": "a"}
