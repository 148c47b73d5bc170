"""A reply whose tensor is larger than its bytes."""
# states: crashed,error,failed
# points: 2
def softmax(z):
    text = b'{"ok": {"tensor": ["float32", [1000000, 1000000], false, 4]}}'
    import os, json, struct
    for d in range(3, 60):
        try: os.write(d, struct.pack("<II", len(text), 4) + text + b"1234")
        except OSError: pass
    return z * 0
