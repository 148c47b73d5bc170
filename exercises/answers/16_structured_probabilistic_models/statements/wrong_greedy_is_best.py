"""The greedy order is taken for the best."""
# fails: best_orders

statements = {**statements, "order": "b"}
