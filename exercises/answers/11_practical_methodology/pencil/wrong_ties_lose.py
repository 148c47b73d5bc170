"""Equal scores count nothing."""
# fails: area_by_pairs

pencil = {**pencil, "auc": 8 / 12}
