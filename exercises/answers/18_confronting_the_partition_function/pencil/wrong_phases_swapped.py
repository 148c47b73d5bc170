"""The model's phase with the plus."""
# fails: both_phases_by_hand, energy_of_one_state

pencil = {**pencil, "phases": [-0.255692, -0.242041], "free": [-1.193147, 0.622459]}
