"""The voltage is not put back to 0 after a spike."""
# fails: first_spikes, simulation_and_formula


def simulate(I, R, tau, v_th, t_ref, dt, steps):
    v, spikes, rest = 0.0, 0, 0
    for _ in range(steps):
        if rest > 0:
            rest -= 1
            continue
        v += dt / tau * (R * I - v)
        if v >= v_th:
            spikes, rest = spikes + 1, round(t_ref / dt)
    return spikes
