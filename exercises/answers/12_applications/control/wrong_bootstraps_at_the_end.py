"""The value of the terminal state counts."""
# fails: nothing_after_the_end, broken_off_is_no_end

_target = target


def target(rule, reward, q_next, terminated, gamma, action_next=0, epsilon=0.0):
    return _target(rule, reward, q_next, False, gamma, action_next, epsilon)
