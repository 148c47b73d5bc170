"""Weight decay without the learning rate."""
# fails: decoupled_weight_decay


class Adam(Adam):
    def step(self, params, gradients):
        return [new - (1 - self.lr) * self.decay * p for p, new in zip(params, super().step(params, gradients))]
