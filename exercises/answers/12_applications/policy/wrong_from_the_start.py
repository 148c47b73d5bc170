"""Discounted from the beginning of the episode."""
# fails: scores_by_hand, returns_by_definition

_returns = returns


def returns(rewards, gamma):
    return _returns(rewards, gamma) * gamma ** torch.arange(len(rewards), dtype=rewards.dtype)
