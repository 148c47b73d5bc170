"""As many chains as states; the constant with the other sign."""
# fails: chains_at_equal_cost, two_losses_of_one_model

pencil = {**pencil, "cost": 10000, "matching": [2.125, 2.125 - 0.222222]}
