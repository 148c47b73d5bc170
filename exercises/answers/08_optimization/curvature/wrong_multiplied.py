"""The Hessian times the gradient."""
# fails: quadratic_in_one_step, damped_step, newton_on_two_functions, stopping, inputs_kept


def newton_step(gradient, hessian, damping=0.0):
    return -(hessian @ gradient + damping * gradient)
