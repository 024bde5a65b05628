"""WebSocket frames against the rules of RFC 6455, whatever way the bytes arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.served.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    MESSAGE_BYTES_MAX,
    PING,
    PROTOCOL_ERROR,
    TEXT,
    TOO_BIG,
    FrameError,
    Reader,
    accept_key,
    frame,
    unmask,
)


def masked(payload: bytes, opcode: int = TEXT, *, final: bool = True, mask: bytes = b"\1\2\3\4") -> bytes:
    """Return a client's frame."""
    plain = frame(payload, opcode)
    head = plain[: len(plain) - len(payload)]
    first = head[0] if final else head[0] & 0x7F
    return bytes([first, head[1] | 0x80]) + head[2:] + mask + unmask(payload, mask)


def test_the_handshake_is_the_rfcs_own_example() -> None:
    """A wrong accept key ends every client's connection."""
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@given(
    st.lists(st.binary(max_size=70_000), max_size=4), st.binary(min_size=4, max_size=4), st.integers(1, 900)
)
def test_messages_arrive_whole_however_they_are_cut(sent: list[bytes], mask: bytes, size: int) -> None:
    """A network cuts where it likes."""
    stream = b"".join(masked(each, mask=mask) for each in sent)
    reader = Reader()

    pieces = (stream[at : at + size * 37] for at in range(0, len(stream), size * 37))
    assert [payload for piece in pieces for _, payload in reader.feed(piece)] == sent


def test_fragments_are_joined_and_control_frames_pass_between_them() -> None:
    """A ping in the middle of a long message is answered, not swallowed."""
    stream = masked(b"a", TEXT, final=False) + masked(b"!", PING) + masked(b"b", CONTINUATION)

    assert list(Reader().feed(stream)) == [(PING, b"!"), (TEXT, b"ab")]


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (frame(b"not masked"), PROTOCOL_ERROR),
        (masked(b"x", CONTINUATION), PROTOCOL_ERROR),
        (masked(b"x", TEXT, final=False) + masked(b"y", BINARY), PROTOCOL_ERROR),
        (masked(b"x" * 126, PING), PROTOCOL_ERROR),
        (masked(b"x", CLOSE, final=False), PROTOCOL_ERROR),
        (bytes([0xF1, 0x80]), PROTOCOL_ERROR),
        (bytes([0x83, 0x80]), PROTOCOL_ERROR),
        (bytes([0x81, 0xFF]) + (MESSAGE_BYTES_MAX + 1).to_bytes(8, "big"), TOO_BIG),
    ],
)
def test_what_a_client_must_not_send_is_refused(stream: bytes, code: int) -> None:
    """Each of these is a way to make a careless server hang, or fill its memory."""
    with pytest.raises(FrameError) as caught:
        list(Reader().feed(stream))

    assert caught.value.code == code
