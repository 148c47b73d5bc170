"""Parameters moved in place, as torch's own optimizers do."""
# fails: inputs_kept


class AdaGrad(AdaGrad):
    def step(self, params, gradients):
        for p, new in zip(params, super().step(params, gradients)):
            p.copy_(new)
        return params
