"""Truncation is overlooked: an episode goes on until it terminates."""
# fails: broken_off_is_no_end


def q_learning(env, episodes, rate, epsilon, gamma, generator):
    q = torch.zeros(env.n_states, env.n_actions, dtype=torch.float64)
    for _ in range(episodes):
        state, terminated = env.reset(), False
        while not terminated:
            action = act(q[state], epsilon, generator)
            after, reward, terminated, _ = env.step(action)
            goal = target("q-learning", reward, q[after], terminated, gamma)
            q[state, action] += rate * (goal - q[state, action])
            state = after
    return q
