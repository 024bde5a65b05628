"""
WebSocket frames (RFC 6455), the part a server needs: take masked frames in, write plain ones out.

Written out here because a ready frame, made once and sent to every subscriber, is what makes
fan-out cheap; nothing is compressed and no extension is agreed to.
"""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha1

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
CONTROL = 0x8
MESSAGE_BYTES_MAX = 1 << 20
CONTROL_BYTES_MAX = 125
NORMAL, PROTOCOL_ERROR, NOT_TEXT, TOO_BIG = 1000, 1002, 1007, 1009


class FrameError(Exception):
    """The peer broke the protocol; `code` is what the connection is closed with."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        super().__init__(reason)


def accept_key(key: str) -> str:
    """Return what a handshake's `Sec-WebSocket-Accept` must say."""
    return b64encode(sha1(key.encode() + GUID, usedforsecurity=False).digest()).decode()


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return one whole unmasked frame."""
    length = len(payload)
    if length < 126:
        return b"%c%c%b" % (0x80 | opcode, length, payload)
    if length < 1 << 16:
        return b"%c\x7e%b%b" % (0x80 | opcode, length.to_bytes(2, "big"), payload)
    return b"%c\x7f%b%b" % (0x80 | opcode, length.to_bytes(8, "big"), payload)


def close_frame(code: int) -> bytes:
    """Return the frame that ends a connection."""
    return frame(code.to_bytes(2, "big"), CLOSE)


class Reader:
    """Takes bytes in as they come and yields whole messages as (opcode, payload)."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._parts: list[bytes] = []
        self._opcode = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield what `data` completes; what a peer must not send is a `FrameError`."""
        self._buffer += data
        while (found := self._next_frame()) is not None:
            head, payload = found
            opcode, final = head & 0x0F, bool(head & 0x80)
            if opcode & CONTROL:
                yield opcode, payload
                continue
            self._gather(opcode, payload)
            if final:
                yield self._opcode, b"".join(self._parts)
                self._parts, self._opcode = [], 0

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        head, second = buffer[0], buffer[1]
        length, at = second & 0x7F, 2
        _must_be_sound(head, second, length)
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(buffer) < at + size:
                return None
            length, at = int.from_bytes(buffer[at : at + size], "big"), at + size
        if length > MESSAGE_BYTES_MAX:
            raise FrameError(TOO_BIG, "the message is too big")
        if len(buffer) < at + 4 + length:
            return None
        mask, body = bytes(buffer[at : at + 4]), bytes(buffer[at + 4 : at + 4 + length])
        del buffer[: at + 4 + length]
        return head, unmask(body, mask)

    def _gather(self, opcode: int, payload: bytes) -> None:
        if (opcode == CONTINUATION) != bool(self._opcode):
            raise FrameError(PROTOCOL_ERROR, "a fragment out of place")
        self._opcode = self._opcode or opcode
        self._parts.append(payload)
        if sum(map(len, self._parts)) > MESSAGE_BYTES_MAX:
            raise FrameError(TOO_BIG, "the message is too big")


def _must_be_sound(head: int, second: int, length: int) -> None:
    opcode = head & 0x0F
    if head & 0x70 or opcode not in {CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG}:
        raise FrameError(PROTOCOL_ERROR, "reserved bits or opcode")
    if not second & 0x80:
        raise FrameError(PROTOCOL_ERROR, "a client's frame must be masked")
    if opcode & CONTROL and (length > CONTROL_BYTES_MAX or not head & 0x80):
        raise FrameError(PROTOCOL_ERROR, "a control frame is short and whole")


def unmask(body: bytes, mask: bytes) -> bytes:
    """Return the payload without its mask."""
    length = len(body)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(body, "big") ^ int.from_bytes(key, "big")).to_bytes(length, "big")
