"""The formula with the sign under the root turned."""
# fails: proposal_too_narrow

pencil = {**pencil, "narrow": [1.209486, 0.36 / math.sqrt(0.28)]}
