"""The two decays of Adam exchanged."""
# fails: adam_of_torch, epsilon_of_adam, decoupled_weight_decay, defaults


class Adam(Adam):
    def __init__(self, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(lr, betas, eps, weight_decay)
        self.betas = betas[::-1]
