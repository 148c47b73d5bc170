"""First order is taken for no inner step; codes must be narrow."""
# fails: what_first_order_means, width_of_codes

statements = {**statements, "order": "a", "width": "a"}
