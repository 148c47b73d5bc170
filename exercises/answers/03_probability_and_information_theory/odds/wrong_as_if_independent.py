"""P(A) P(B) for the joint probability, P(A | B) P(A) for the other one."""
# fails: joint_probability

odds = {**odds, "both": 0.24, "reverse": 0.48}
