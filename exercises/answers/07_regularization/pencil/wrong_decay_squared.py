"""The penalty's gradient with a factor 2, as if there were no one half."""
# fails: one_step_of_decay

pencil = {**pencil, "decayed": 1.83}
