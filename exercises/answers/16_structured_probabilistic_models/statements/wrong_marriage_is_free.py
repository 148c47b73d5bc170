"""The marriage would cost nothing."""
# fails: price_of_marriage

statements = {**statements, "moral": "b"}
