"""Bits for nats."""
# fails: information_that_is_proved

pencil = {**pencil, "bound": [6 - 1.5 / math.log(2), 6.0]}
