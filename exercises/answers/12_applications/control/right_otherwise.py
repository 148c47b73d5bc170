"""Plain lists and expectations written out."""


def act(q, epsilon, generator):
    values = q.tolist()
    if float(torch.rand(1, generator=generator)) < epsilon:
        return int(torch.randint(len(values), (1,), generator=generator))
    best = [a for a, value in enumerate(values) if value == max(values)]
    return best[int(torch.randint(len(best), (1,), generator=generator))]


def target(rule, reward, q_next, terminated, gamma, action_next=0, epsilon=0.0):
    values = q_next.tolist()
    if rule == "q-learning":
        after = max(values)
    elif rule == "sarsa":
        after = values[action_next]
    else:
        best = [value == max(values) for value in values]
        after = sum(value * (epsilon / len(values) + (1 - epsilon) * b / sum(best)) for value, b in zip(values, best))
    return reward + gamma * (1 - terminated) * after


def q_learning(env, episodes, rate, epsilon, gamma, generator):
    table = [[0.0] * env.n_actions for _ in range(env.n_states)]
    for _ in range(episodes):
        state = env.reset()
        while True:
            action = act(torch.tensor(table[state], dtype=torch.float64), epsilon, generator)
            after, reward, terminated, truncated = env.step(action)
            goal = reward if terminated else reward + gamma * max(table[after])
            table[state][action] = (1 - rate) * table[state][action] + rate * goal
            if terminated or truncated:
                break
            state = after
    return torch.tensor(table, dtype=torch.float64)
