"""Weight decay as a penalty, added to the gradient."""
# fails: decoupled_weight_decay


class Adam(Adam):
    def step(self, params, gradients):
        gradients = [g + self.decay * p for p, g in zip(params, gradients)]
        decay, self.decay = self.decay, 0.0
        new = super().step(params, gradients)
        self.decay = decay
        return new
