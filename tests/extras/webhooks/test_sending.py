"""One message, one connection to the very address that was checked, one answer; slow and odd ones end soon."""

from __future__ import annotations

import time

import pytest

from tests.extras.webhooks.receiver import NAME, PARTLY, Listener, Names, Receiver, listening
from trainer.extras.webhooks import sending
from trainer.extras.webhooks.addresses import AddressRefused, WebhookFault
from trainer.extras.webhooks.sending import send


def post(receiver: Receiver) -> int:
    url = f"https://{NAME}:{receiver.port}/in?key=1"
    return send(url, {"webhook-id": "1"}, b'{"a": 1}', allows_loopback=True)


def fault_at(receiver: Receiver) -> tuple[WebhookFault, int | None]:
    with pytest.raises(AddressRefused) as refused:
        post(receiver)
    return refused.value.fault, refused.value.code


def test_a_message_arrives_whole(receiver: Receiver, names: Names) -> None:
    receiver.answers = [b"HTTP/1.1 204 No Content\r\n\r\n"]
    assert post(receiver) == 204
    assert receiver.requests == [
        (
            {
                "request": "POST /in?key=1 HTTP/1.1",
                "host": f"{NAME}:{receiver.port}",
                "webhook-id": "1",
                "content-length": "8",
                "connection": "close",
            },
            b'{"a": 1}',
        )
    ]


@pytest.mark.asvs("1.3.6")
@pytest.mark.check("T074")
def test_a_name_is_resolved_once_and_what_it_was_then_is_connected_to(receiver: Receiver, names: Names) -> None:
    names.known[NAME] = [["127.0.0.1"], ["169.254.169.254"]]
    assert post(receiver) == 200
    assert (names.asked, receiver.connections) == ([NAME], 1)


@pytest.mark.asvs("15.3.2")
@pytest.mark.check("T074")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, names: Names, status: int) -> None:
    with listening(Listener()) as canary:
        place = f"Location: https://127.0.0.1:{canary.port}/\r\nRefresh: 0; url=http://127.0.0.1:{canary.port}/"
        receiver.answers = [f"HTTP/1.1 {status} Elsewhere\r\n{place}\r\n\r\n".encode()]
        assert fault_at(receiver) == (WebhookFault.REDIRECTS, status)
        assert (canary.connections, receiver.connections) == (0, 1)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 500 Oh\r\n\r\n", (WebhookFault.STATUS, 500)),
        (b"HTTP/1.0 404\r\n\r\n", (WebhookFault.STATUS, 404)),
        (b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 410 Gone\r\n\r\n", (WebhookFault.STATUS, 410)),
        (b"HTTP/1.1 100 Continue\r\n\r\n", (WebhookFault.NO_HTTP, None)),
        (b"SSH-2.0-OpenSSH\r\n", (WebhookFault.NO_HTTP, None)),
        (b"", (WebhookFault.NO_HTTP, None)),
        (b"x" * 100_000, (WebhookFault.NO_HTTP, None)),
        (b"HTTP/1.1 103 Hints\r\n\r\n" * 5000, (WebhookFault.NO_HTTP, None)),
    ],
)
def test_what_is_no_yes_is_told_apart(
    receiver: Receiver, names: Names, answer: bytes, expected: tuple[WebhookFault, int | None]
) -> None:
    receiver.answers = [answer]
    assert fault_at(receiver) == expected


def test_an_answer_that_drips_ends_in_time(receiver: Receiver, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WITHIN", 1.0)
    receiver.answers, receiver.drips = [b"HTTP/1.1 103 Hints\r\nLink: " + b"x" * 400], True
    began = time.monotonic()
    assert fault_at(receiver) == (WebhookFault.TOO_SLOW, None)
    assert time.monotonic() - began < 60


def test_a_status_counts_without_the_rest(receiver: Receiver, names: Names) -> None:
    receiver.answers = [PARTLY]
    assert post(receiver) == 200


@pytest.mark.asvs("12.3.2")
def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    receiver: Receiver, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert fault_at(receiver) == (WebhookFault.NOT_TRUSTED, None)
    assert receiver.requests == []


def test_where_nobody_listens_is_unreachable(receiver: Receiver, names: Names) -> None:
    receiver.close()
    assert fault_at(receiver) == (WebhookFault.UNREACHABLE, None)
