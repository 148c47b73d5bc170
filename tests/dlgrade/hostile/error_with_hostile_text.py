"""An exception whose text can not be made."""
# states: error
# points: 2
class E(Exception):
    def __str__(self): raise SystemExit(0)
def softmax(z):
    raise E
