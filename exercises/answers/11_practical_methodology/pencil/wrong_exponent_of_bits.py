"""The exponential of bits."""
# fails: perplexity_of_four_tokens

pencil = {**pencil, "perplexity": math.exp(2.25)}
