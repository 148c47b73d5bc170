"""Data that travel in a page as compressed text and are unpacked when they are needed."""

import base64
import zlib


def pack(data: bytes) -> str:
    """Bytes as text: deflated, in base 64; the twin of `unpack` in `unpack.js`."""
    return base64.b64encode(zlib.compress(data, level=9)).decode("ascii")
