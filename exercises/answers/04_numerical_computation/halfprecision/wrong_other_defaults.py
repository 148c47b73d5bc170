"""Other start values."""
# fails: tiny_gradients_survive, defaults


class LossScaler(LossScaler):
    def __init__(self, scale=1024.0, growth=2.0, backoff=0.5, interval=2000):
        super().__init__(scale, growth, backoff, interval)
