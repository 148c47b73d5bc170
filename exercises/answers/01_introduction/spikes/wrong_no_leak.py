"""The voltage does not leak."""
# fails: silent_below_threshold, first_spikes, simulation_and_formula


def simulate(I, R, tau, v_th, t_ref, dt, steps):
    v, spikes, rest = 0.0, 0, 0
    for _ in range(steps):
        if rest > 0:
            rest -= 1
            continue
        v += dt / tau * R * I
        if v >= v_th:
            v, spikes, rest = 0.0, spikes + 1, round(t_ref / dt)
    return spikes
