"""Correlation unchanged by any scaling, a negative one included."""
# fails: sign_of_the_correlation

statements = {**statements, "scaling": "b"}
