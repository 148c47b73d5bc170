"""Equal scores count as right."""
# fails: area_by_pairs

pencil = {**pencil, "auc": 10 / 12}
