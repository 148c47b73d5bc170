"""The scaled gradients used as they are."""
# fails: one_good_step, steps_of_two_tensors, tiny_gradients_survive, master_weights, growth_after_good_steps, clipping_of_true_gradients, clipping_of_all_together


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        scale, self.scale = self.scale, 1.0
        new = super().step(weights, gradients, lr, max_norm)
        self.scale *= scale
        return new
