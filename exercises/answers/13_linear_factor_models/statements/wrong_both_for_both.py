"""Any change of coordinates is thought to do no harm."""
# fails: changes_of_coordinates

statements = {**statements, "units": "c", "turned": "c"}
