"""We connect to the public internet and to nothing else, whatever an address looks like or resolves to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.extras.webhooks.receiver import NAME, Listener, Names, listening
from trainer.extras.webhooks.addresses import AddressRefused, WebhookFault, WebhookTarget, find, is_public, read_url
from trainer.extras.webhooks.sending import send

INTERNAL = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "224.0.0.1"),
    *("239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "203.0.113.9"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1"),
    *("fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1"),
    *("2001:db8::1", "100::1", "", "localhost", "192.88.99.1", "3fff::1", "2620:4f:8000::1"),
]
OURS = ["93.184.215.14", "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"]


@pytest.fixture
def canary() -> Iterator[Listener]:
    """Listen on 127.0.0.1 and [::1] at one port."""
    with listening(Listener()) as first, listening(Listener("::1", first.port)) as second:
        yield first
        first.connections += second.connections


@pytest.mark.parametrize("address", INTERNAL)
def test_an_address_that_leads_inward_or_that_we_do_not_know_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OURS)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.asvs("1.3.6")
@pytest.mark.check("T074")
@pytest.mark.parametrize(
    "address",
    [
        *("https://127.0.0.1:{}/", "https://[::1]:{}/", "https://0:{}/", "https://0.0.0.0:{}/", "https://127.1:{}/"),
        *("https://2130706433:{}/", "https://017700000001:{}/", "https://0177.0.0.1:{}/", "https://0x7f000001:{}/"),
        *("https://0x7f.0.0.1:{}/", "https://0x7f.1:{}/", "https://[::ffff:127.0.0.1]:{}/", "https://[::]:{}/"),
        *("https://169.254.169.254:{}/latest/meta-data/", "https://localhost:{}/", "https://localhost.:{}/"),
        *("https://127.0.0.1.:{}/", "https://a.127.0.0.1:{}/", "https://①②⑦.⓪.⓪.①:{}/", "https://127。0。0。1:{}/"),
        *("http://127.0.0.1:{}/", "file:///etc/passwd", "file://127.0.0.1:{}/", "gopher://127.0.0.1:{}/_x"),
        *("ftp://127.0.0.1:{}/", "https:127.0.0.1:{}", "//127.0.0.1:{}/", "127.0.0.1:{}", "", "https://"),
        *("https://hooks.example.org@127.0.0.1:{}/", "https://127.0.0.1:{}@hooks.example.org/", "https:///x:{}"),
        *("https://127.0.0.1:{}\\@hooks.example.org/", "https://hooks.example.org:{}\r\nHost: x/", "https://a b:{}/"),
        *("https://hooks.example.org:0/", "https://hooks.example.org:99999/", "https://hooks.example.org/#x"),
    ],
)
@pytest.mark.parametrize("allows_loopback", [False, True])
def test_an_address_in_another_form_is_refused_before_anything_is_resolved(
    canary: Listener, names: Names, address: str, allows_loopback: bool
) -> None:
    names.known[NAME] = [["127.0.0.1"]]
    with pytest.raises(AddressRefused) as refused:
        send(address.format(canary.port), {}, b"{}", allows_loopback=allows_loopback)
    assert refused.value.fault in {WebhookFault.UNREADABLE, WebhookFault.NOT_HTTPS, WebhookFault.NO_NAME}
    assert (canary.connections, names.asked) == (0, [])


@pytest.mark.asvs("1.3.6", "13.2.4")
@pytest.mark.check("T074")
@pytest.mark.parametrize("address", [one for one in INTERNAL if one])
def test_a_name_that_leads_inward_gets_no_connection(canary: Listener, names: Names, address: str) -> None:
    for found in ([address], ["93.184.215.14", address]):
        names.known[NAME] = [found]
        with pytest.raises(AddressRefused) as refused:
            send(f"https://{NAME}:{canary.port}/", {}, b"{}", allows_loopback=False)
        assert refused.value.fault is WebhookFault.NOT_PUBLIC
    assert canary.connections == 0


def test_the_canary_notices_whoever_comes(canary: Listener, names: Names) -> None:
    names.known[NAME] = [["127.0.0.1"]]
    with pytest.raises(AddressRefused) as refused:
        send(f"https://{NAME}:{canary.port}/", {}, b"{}", allows_loopback=True)
    assert refused.value.fault is WebhookFault.UNREACHABLE
    assert canary.connections == 1


def test_allowing_loopback_allows_nothing_else(names: Names) -> None:
    target = WebhookTarget(NAME, 443, "/")
    for address in INTERNAL:
        names.known[NAME] = [[address]]
        if address in {"127.0.0.1", "127.8.8.8", "::1"}:
            assert find(target, allows_loopback=True) == [address]
        elif address != "::ffff:127.0.0.1":  # newer Pythons see what it stands for
            with pytest.raises(AddressRefused):
                find(target, allows_loopback=True)


def test_a_name_that_nobody_knows_is_refused(names: Names) -> None:
    names.known[NAME] = [[]]
    with pytest.raises(AddressRefused) as refused:
        find(WebhookTarget(NAME, 443, "/"), allows_loopback=False)
    assert refused.value.fault is WebhookFault.NOT_FOUND


@pytest.mark.asvs("1.5.3")
def test_an_address_is_taken_apart_as_it_stands() -> None:
    assert read_url("https://Hooks.Example.org/a?b=c%20d") == WebhookTarget("hooks.example.org", 443, "/a?b=c%20d")
    assert read_url("https://hooks.example.org:8443") == WebhookTarget("hooks.example.org", 8443, "/")
    assert read_url("https://hooks.example.org:8443").authority == "hooks.example.org:8443"
