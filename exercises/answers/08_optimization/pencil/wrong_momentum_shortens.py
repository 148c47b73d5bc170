"""Stable rates shortened by 1 - beta, as the effective rate is longer."""
# fails: limits_of_stability

pencil = {**pencil, "limits": [0.01, 0.001, 0.001]}
