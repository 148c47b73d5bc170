"""The table learns about the exploring policy."""
# fails: best_values_of_a_corridor, broken_off_is_no_end


def q_learning(env, episodes, rate, epsilon, gamma, generator):
    q = torch.zeros(env.n_states, env.n_actions, dtype=torch.float64)
    for _ in range(episodes):
        state, over = env.reset(), False
        action = act(q[state], epsilon, generator)
        while not over:
            after, reward, terminated, truncated = env.step(action)
            action_next = act(q[after], epsilon, generator)
            q[state, action] += rate * (target("sarsa", reward, q[after], terminated, gamma, action_next) - q[state, action])
            state, action, over = after, action_next, terminated or truncated
    return q
