"""A sigmoid keeps the price between 0 and 1."""
# fails: one_output

heads = {**heads, "price": ("sigmoid", "mse")}
