"""Written out, with sums over pairs of steps."""


def gaussian_score(a, mu, log_sigma):
    variance = math.exp(2 * log_sigma)
    return (a - mu) / variance, ((a - mu) ** 2 - variance) / variance


def policy_gradient(a, rewards, mu, log_sigma, baseline=0.0):
    return tuple(torch.dot(rewards - baseline, s) / len(a) for s in gaussian_score(a, mu, log_sigma))


def returns(rewards, gamma):
    T = len(rewards)
    later = torch.arange(T) - torch.arange(T)[:, None]
    weights = torch.where(later >= 0, torch.tensor(gamma, dtype=rewards.dtype) ** later.clamp(min=0), torch.zeros((), dtype=rewards.dtype))
    return weights @ rewards


def _goal(rewards, next_values, terminated, gamma):
    return torch.where(terminated, rewards, rewards + gamma * next_values).detach()


def critic_loss(values, rewards, next_values, terminated, gamma):
    return torch.nn.functional.mse_loss(values, _goal(rewards, next_values, terminated, gamma))


def actor_loss(log_probs, values, rewards, next_values, terminated, gamma):
    with torch.no_grad():
        advantage = _goal(rewards, next_values, terminated, gamma) - values
    return (-log_probs * advantage).sum() / len(log_probs)


def off_policy(rewards, target, behaviour, kind, gamma=1.0):
    n, T = rewards.shape
    estimates, weights = [], []
    for i in range(n):
        weight, value, gain = 1.0, 0.0, 0.0
        for t in range(T):
            weight *= (target[i, t] / behaviour[i, t]).item()
            value += gamma**t * weight * rewards[i, t].item()
            gain += gamma**t * rewards[i, t].item()
        weights.append(weight)
        estimates.append(value if kind == "per-decision" else weight * gain)
    return sum(estimates) / (sum(weights) if kind == "weighted" else n)
