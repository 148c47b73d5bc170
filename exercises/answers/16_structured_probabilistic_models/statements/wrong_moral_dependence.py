"""The marriage would hide a dependence."""
# fails: price_of_marriage

statements = {**statements, "moral": "b"}
