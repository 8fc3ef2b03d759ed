"""What the ping benchmark sends: irtt's opening as its client sends it, and a packet that an HMAC stands in."""

import hashlib
import hmac

from bench.ping import irtt, load


class Recorder:
    """A socket that notes what is sent and answers as irtt's server did."""

    def __init__(self, answer: str):
        self.answer = bytes.fromhex(answer)
        self.sent = b""

    def send(self, packet: bytes) -> None:
        self.sent = packet

    def recv(self, _: int) -> bytes:
        return self.answer


def test_session():
    server = Recorder("14a75b0350e8e87d9e3497070102028094ebdc03038084af5f0458050606060706")
    token = irtt.open_session(server)
    assert token.hex() == "50e8e87d9e349707"
    # a client's own: irtt 0.9.0 with -d 500ms -i 100ms -l 44, here of an hour and a millisecond
    assert server.sent.hex() == "14a75b01" "0102" "02" + irtt._integer(3600 * 10**9).hex() + "0380897a" "0458" "0506" "0606" "0706"
    request = irtt.echo_request(token)
    assert len(request) == 60 and request[irtt.NUMBER_AT - 8 : irtt.NUMBER_AT] == token


def test_integers():
    assert irtt._integer(500_000_000).hex() == "8094ebdc03" and irtt._integer(100_000_000).hex() == "8084af5f"


def test_signed_packet():
    packet = load.signed_stamp(b"k" * 16)
    assert len(packet) == load.SIGNED_SIZE
    assert packet[96:] == hmac.new(b"k" * 16, packet[:96], hashlib.sha256).digest()[:16]
