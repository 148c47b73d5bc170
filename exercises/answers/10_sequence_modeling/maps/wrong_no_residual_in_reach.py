"""A position is lost where the mask forbids it."""
# fails: reach_along_a_chain


def reach(mask, layers):
    return torch.linalg.matrix_power(mask.double(), layers) > 0
