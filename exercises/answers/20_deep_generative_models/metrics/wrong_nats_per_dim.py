"""Nats, not bits."""
# fails: three_real_rows

def bits_per_dim(log_p, d):
    return -log_p / d
