"""A translation taken for one word for each word."""
# fails: outputs_of_their_own_length

statements = {**statements, "translation": "c"}
