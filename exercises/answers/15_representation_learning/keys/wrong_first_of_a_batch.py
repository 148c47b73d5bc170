"""Of a batch larger than the queue the first rows stay."""
# fails: more_keys_than_places


class FeatureQueue:
    def __init__(self, size, dim):
        self.size, self.held = size, torch.zeros(0, dim)

    def push(self, keys):
        self.held = torch.cat([self.held, keys.detach()[: self.size]])[-self.size :]

    def features(self):
        return self.held
