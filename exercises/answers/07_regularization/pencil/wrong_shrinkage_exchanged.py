"""What is taken away in place of what is kept."""
# fails: shares_of_the_minimum

pencil = {**pencil, "kept": [0.2, 0.12989]}
