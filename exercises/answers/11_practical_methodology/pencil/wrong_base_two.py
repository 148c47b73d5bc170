"""Bits for nats."""
# fails: loss_at_the_start

pencil = {**pencil, "start": [math.log2(10), 1.461155]}
