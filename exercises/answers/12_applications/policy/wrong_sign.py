"""Actions with an advantage become less probable."""
# fails: losses_by_hand, actor_follows_the_advantage

_actor = actor_loss


def actor_loss(*arguments):
    return -_actor(*arguments)
