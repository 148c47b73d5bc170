"""A truncated episode is treated as terminated."""
# fails: broken_off_is_no_end


def q_learning(env, episodes, rate, epsilon, gamma, generator):
    q = torch.zeros(env.n_states, env.n_actions, dtype=torch.float64)
    for _ in range(episodes):
        state, over = env.reset(), False
        while not over:
            action = act(q[state], epsilon, generator)
            after, reward, terminated, truncated = env.step(action)
            over = terminated or truncated
            q[state, action] += rate * (target("q-learning", reward, q[after], over, gamma) - q[state, action])
            state = after
    return q
