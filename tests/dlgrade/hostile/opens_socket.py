"""Sends the inputs to a server."""
# states: error
# points: 2
def softmax(z):
    import socket
    socket.create_connection(("127.0.0.1", 80), 1).send(b"x")
    return z
