"""Another form of the logarithm; time counted to the end of the rest."""


def firing_rate(I, R, tau, v_th, t_ref):
    ratio = (v_th / (R * I)).masked_fill(R * I <= v_th, 0.5)
    return (1 / (t_ref - tau * torch.log1p(-ratio))).masked_fill(R * I <= v_th, 0.0)


def simulate(I, R, tau, v_th, t_ref, dt, steps):
    v, spikes, awake = 0.0, 0, 0
    for k in range(steps):
        if k >= awake:
            v = v + dt * (R * I - v) / tau
            if not v < v_th:
                v, spikes, awake = 0.0, spikes + 1, k + 1 + round(t_ref / dt)
    return spikes
