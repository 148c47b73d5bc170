"""The next value counts after the end."""
# fails: losses_by_hand, critic_learns_alone, actor_follows_the_advantage

_critic, _actor = critic_loss, actor_loss


def critic_loss(values, rewards, next_values, terminated, gamma):
    return _critic(values, rewards, next_values, terminated & False, gamma)


def actor_loss(log_probs, values, rewards, next_values, terminated, gamma):
    return _actor(log_probs, values, rewards, next_values, terminated & False, gamma)
