"""The gradient flows into the target."""
# fails: critic_learns_alone


def critic_loss(values, rewards, next_values, terminated, gamma):
    return ((rewards + gamma * next_values * ~terminated - values) ** 2).mean()
