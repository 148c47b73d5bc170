"""The logarithm of an unbiased estimate is taken for unbiased; a sum over sentences."""
# fails: estimates_and_products

statements = {**statements, "optimistic": "c", "sequence": "a"}
