"""The length of atoms for a matter of step sizes."""
# fails: dictionaries_and_codes

statements = {**statements, "columns": "b"}
