"""The rate would suffer from the dimension."""
# fails: large_numbers

statements = {**statements, "rate": "b"}
