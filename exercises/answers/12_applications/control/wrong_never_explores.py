"""Exploration left out."""
# fails: shares_of_all_actions


def act(q, epsilon, generator):
    best = torch.nonzero(q == q.max()).flatten()
    return best[torch.randint(len(best), (), generator=generator)].item()


def q_learning(env, episodes, rate, epsilon, gamma, generator):
    q = torch.zeros(env.n_states, env.n_actions, dtype=torch.float64)
    for _ in range(episodes):
        state, over = env.reset(), False
        while not over:
            explore = torch.rand((), generator=generator).item() < epsilon
            action = torch.randint(env.n_actions, (), generator=generator).item() if explore else act(q[state], 0.0, generator)
            after, reward, terminated, truncated = env.step(action)
            q[state, action] += rate * (target("q-learning", reward, q[after], terminated, gamma) - q[state, action])
            state, over = after, terminated or truncated
    return q
