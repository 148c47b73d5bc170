"""Hangs in compiled code that no signal interrupts."""
# states: timed out
# points: 2
def softmax(z):
    import re
    re.match(r"(a+)+$", "a" * 60 + "b")
