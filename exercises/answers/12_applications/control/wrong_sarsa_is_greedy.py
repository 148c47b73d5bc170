"""SARSA takes the best next action."""
# fails: targets_by_hand, nothing_after_the_end

_target = target


def target(rule, reward, q_next, terminated, gamma, action_next=0, epsilon=0.0):
    return _target("q-learning" if rule == "sarsa" else rule, reward, q_next, terminated, gamma, action_next, epsilon)
