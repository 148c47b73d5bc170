"""EM is taken for gradient ascent, the old loadings for a bias."""
# fails: what_em_promises

statements = {**statements, "falls": "c", "old": "c"}
