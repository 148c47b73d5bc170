"""Two to the cross-entropy, and nats for bits."""
# fails: perplexity_and_bits

pencil = {**pencil, "perplexity": [2**1.2, 1.2]}
