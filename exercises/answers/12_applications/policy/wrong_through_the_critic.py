"""The actor's gradient flows into the values."""
# fails: actor_follows_the_advantage


def actor_loss(log_probs, values, rewards, next_values, terminated, gamma):
    return -(log_probs * (rewards + gamma * next_values * ~terminated - values)).mean()
