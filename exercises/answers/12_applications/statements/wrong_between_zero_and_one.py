"""A rate is thought to be a share."""
# fails: rate_of_word_errors

statements = {**statements, "speech": "a"}
