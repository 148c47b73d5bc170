"""AdaGrad's sum holds only the last square."""
# fails: two_steps_by_hand, adagrad_of_torch, epsilon_outside_the_root, defaults


class AdaGrad(AdaGrad):
    def step(self, params, gradients):
        return [p - self.lr * g / ((g * g).sqrt() + self.eps) for p, g in zip(params, gradients)]
