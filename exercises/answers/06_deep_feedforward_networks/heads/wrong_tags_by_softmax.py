"""A softmax makes topics that may occur together exclude each other."""
# fails: several_outputs

heads = {**heads, "tags": ("softmax", "ce")}
