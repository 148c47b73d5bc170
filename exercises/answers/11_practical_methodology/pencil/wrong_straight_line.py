"""The cosine taken for a straight line."""
# fails: shares_of_rates

pencil = {**pencil, "cut": 0.8}
