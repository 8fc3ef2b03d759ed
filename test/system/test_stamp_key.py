"""Authenticated STAMP: an HMAC of Python's judges ours, and ours Python's."""

import random
import signal

import pytest

from daemon import run, until
from pinging import BASE, SIGNED_BASE, Answer, Peer, pingd, question, tag, tlv, until_counted

KEY = b"a secret of the two of us"
OTHER = bytes(range(32))


def write_key(path, text, mode=0o600):
    path.write_bytes(text)
    path.chmod(mode)
    return path


@pytest.fixture
def key_file(tmp_path):
    return write_key(tmp_path / "key", KEY + b"\n")


@pytest.fixture
def signed(pingd, key_file):
    return pingd("--key", key_file, "--threads", "2")


def test_each_field(signed):
    with Peer(signed.stamp, ttl=41) as peer:
        packet = peer.ask(question(7, timestamp=99, error=0x8011, ssid=5, key=KEY))
    answer = Answer.read(packet, KEY)
    assert len(packet) == SIGNED_BASE
    assert (answer.sequence, answer.sender_sequence, answer.ssid, answer.ttl) == (7, 7, 5, 41)
    assert (answer.sender_timestamp, answer.sender_error) == (99, 0x8011)
    assert answer.received <= answer.timestamp


def test_nobody_else_is_answered(signed):
    good = question(7, key=KEY)
    dice = random.Random(1)
    with Peer(signed.stamp) as peer:
        wrong = [question(1, key=OTHER), bytes(SIGNED_BASE), question(1, rest=bytes(SIGNED_BASE - BASE))]
        for at in range(SIGNED_BASE):
            wrong.append(good[:at] + bytes([good[at] ^ 1 << dice.randrange(8)]) + good[at + 1:])
        peer.send(*wrong)
        short = [good[:size] for size in (0, 14, BASE, SIGNED_BASE - 1)]
        peer.send(*short)
        assert Answer.read(peer.ask(good), KEY).sequence == 7
        assert peer.hears_nothing()
    until_counted(signed, "stamp_hmac_failures_total", len(wrong))
    until_counted(signed, "stamp_malformed_total", len(short))


def test_tlvs_are_authentic_or_say_that_they_are_not(signed):
    sequence = (7).to_bytes(4, "big")
    with Peer(signed.stamp) as peer:
        def after(rest):
            return Answer.read(peer.ask(question(7, key=KEY, rest=rest)), KEY).rest
        unknown = tlv(99, b"what")
        right = unknown + tlv(8, tag(KEY, sequence, unknown))
        assert after(right) == unknown + tlv(8, tag(KEY, sequence, unknown), 0)
        assert after(tlv(1, b"pad")) == tlv(1, b"pad", 0)
        assert after(unknown) == tlv(99, b"what", 0xa0)
        assert after(unknown + tlv(8, tag(OTHER, sequence, unknown)))[0] == 0xa0


def test_stateful_signs_its_own_number(pingd, key_file):
    server = pingd("--key", key_file, "--stateful")
    unknown = tlv(99, b"what")
    with Peer(server.stamp) as peer:
        for count in range(3):
            sent = unknown + tlv(8, tag(KEY, (900).to_bytes(4, "big"), unknown))
            answer = Answer.read(peer.ask(question(900, key=KEY, rest=sent)), KEY)
            assert answer.sequence == count
            assert answer.rest == unknown + tlv(8, tag(KEY, count.to_bytes(4, "big"), unknown), 0)


def test_a_late_answer_is_signed_when_it_leaves(pingd, key_file):
    server = pingd("--key", key_file, "--delay", "100ms")
    with Peer(server.stamp) as peer:
        answer = Answer.read(peer.ask(question(7, key=KEY)), KEY)
    assert answer.timestamp - answer.received >= 0.1 * 2**32


@pytest.mark.parametrize("text,octets", [
    (b"000102030405060708090a0b0c0d0e0F\r\n", bytes(range(16))), (OTHER.hex().encode(), OTHER),
    (b"sixteen letters!", b"sixteen letters!")])
def test_hexadecimal_or_as_it_is(pingd, tmp_path, text, octets):
    server = pingd("--key", write_key(tmp_path / "key", text))
    with Peer(server.stamp) as peer:
        Answer.read(peer.ask(question(7, key=octets)), octets)


def test_reload(pingd, key_file):
    server = pingd("--key", key_file, "--threads", "2")
    peers = [Peer(server.stamp) for _ in range(8)]  # of both threads
    for peer in peers:
        Answer.read(peer.ask(question(1, key=KEY)), KEY)
    write_key(key_file, OTHER.hex().encode())
    server.send_signal(signal.SIGHUP)

    def answers_other(peer):
        peer.send(question(2, key=OTHER))
        return not peer.hears_nothing(0.05) and Answer.read(peer.hear(), OTHER)
    until(lambda: all(answers_other(peer) for peer in peers), 5, "the new key")
    for peer in peers:
        peer.hear_all(0.05)
        peer.send(question(3, key=KEY))
        assert peer.hears_nothing(0.05)
    for text, mode in ((b"short", 0o600), (KEY, 0o644)):  # a bad one leaves the good one in force
        write_key(key_file, text, mode)
        server.send_signal(signal.SIGHUP)
        until(lambda: server.log().count(str(key_file)) >= 1, 5, "a word about the key")
        for peer in peers:
            Answer.read(peer.ask(question(4, key=OTHER)), OTHER)
    for peer in peers:
        peer.socket.close()


@pytest.mark.parametrize("text,mode,code", [(b"tiny!", 0o600, 78), (b"", 0o600, 78), (b"x" * 257, 0o600, 78),
                                            (KEY, 0o644, 77), (KEY, 0o620, 77), (None, 0, 66)])
def test_keys_that_are_none(tmp_path, text, mode, code):
    path = tmp_path / "key"
    if text is not None:
        write_key(path, text, mode)
    done = run("pier-pingd", "--listen", "127.0.0.1:0", "--text-listen", "off", "--key", path)
    assert done.returncode == code and str(path) in done.stderr and "listening on" not in done.stdout, done
    assert not text or len(text) < 4 or text.decode() not in done.stderr


def test_the_key_is_in_no_report(signed):
    assert KEY.decode() not in run("pier-pingd", "--check-config", "--key", "/some/file").stdout
    assert KEY not in open(f"/proc/{signed.pid}/cmdline", "rb").read()
