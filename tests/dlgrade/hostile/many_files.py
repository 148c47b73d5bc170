"""Makes files without end."""
# states: error,timed out
# points: 2
def softmax(z):
    i = 0
    while True:
        open(f"/tmp/{i}", "w").close()
        i += 1
