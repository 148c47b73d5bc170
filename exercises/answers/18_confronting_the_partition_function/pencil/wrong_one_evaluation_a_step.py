"""One evaluation for each step."""
# fails: chains_at_equal_cost

pencil = {**pencil, "cost": 100}
