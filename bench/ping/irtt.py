"""As much of irtt's protocol as it takes to load its server: a session is opened, then each packet is answered."""

import socket

from bench.errors import BenchError

MAGIC = bytes.fromhex("14a75b")
OPEN, REPLY = 1, 2  # flags
NUMBER_AT = 12  # magic, flags, the session's token
SECOND = 10**9


def _integer(value: int) -> bytes:
    """Signed numbers as Go's binary.PutVarint writes them."""
    value *= 2
    octets = b""
    while value >= 0x80:
        octets += bytes([value & 0x7F | 0x80])
        value >>= 7
    return octets + bytes([value])


def open_session(sender: socket.socket) -> bytes:
    """The token that the session's packets bear. Both of its statistics and all timestamps, as its client asks by default."""
    parameters = ((1, 1), (2, 3600 * SECOND), (3, SECOND // 1000), (4, 44), (5, 3), (6, 3), (7, 3))
    sender.send(MAGIC + bytes([OPEN]) + b"".join(bytes([key]) + _integer(value) for key, value in parameters))
    answer = sender.recv(2000)
    if answer[:3] != MAGIC or answer[3] & (OPEN | REPLY) != OPEN | REPLY:
        raise BenchError(f"irtt's server opens no session: {answer.hex()}")
    return answer[4:NUMBER_AT]


def echo_request(token: bytes) -> bytes:
    """The number and room for what the server tells follow the token: 60 octets in all."""
    return MAGIC + bytes([0]) + token + bytes(48)


def check_answer(sender: socket.socket) -> None:
    request = echo_request(open_session(sender))
    sender.send(request)
    answer = sender.recv(2000)
    if len(answer) != len(request) or answer[3] != REPLY or not any(answer[16:]):
        raise BenchError(f"irtt's server answers {answer.hex()}")
