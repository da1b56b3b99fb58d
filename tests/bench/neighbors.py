"""How long a firm waits for its pages while another firm imports and exports 10,000 people."""

from __future__ import annotations

import http.client
import multiprocessing
import re
import time
from multiprocessing.synchronize import Event
from urllib.parse import urlencode, urlsplit

from flask import Flask

from tests.cast import add_second_factor, make_account, make_firm, make_site, put_on_roster, sign_in_as
from tests.support import Visitor

PEOPLE = 10_000
PAGES = 300
"""How often the other firm's people open a page in each of the two measurements."""


def make_small_firm(app: Flask) -> tuple[Visitor, str]:
    """Create a firm of twenty; return its owner's browser and the firm's address."""
    owner = make_account(app, "bea@example.org")
    add_second_factor(app, owner)
    firm = make_firm(app, owner, "Small Security")
    site = make_site(app, owner, firm)
    for number in range(20):
        put_on_roster(app, firm, None, name=f"Guard {number}", email=f"g{number}@small.example.org", teams=[site])
    return sign_in_as(app, owner), f"/organizations/{firm}"


def roster(turn: int) -> str:
    """Return a list of people, of whom each turn changes the title."""
    rows = [f"Person Number{n},person{n}@example.org,N{n:06},Title {turn},Site {n % 30:02}" for n in range(PEOPLE)]
    return "name,email,employee number,job title,team\n" + "\n".join(rows)


class Browser:
    """One connection of someone who is signed in."""

    def __init__(self, address: str, visitor: Visitor) -> None:
        self._address, self._token = urlsplit(address), visitor.token()
        self._cookie = visitor.cookie()  # it holds what the token is checked against

    def send(self, path: str, **fields: object) -> tuple[int, str, str]:
        """Open a page, or with fields post a form; return (status, Location, text)."""
        line = http.client.HTTPConnection(str(self._address.hostname), self._address.port, timeout=120)
        headers = {"Cookie": self._cookie, "Host": self._address.netloc}
        if not fields:
            line.request("GET", path, headers=headers)
        else:
            body = urlencode({**fields, "csrf_token": self._token}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            line.request("POST", path, body, headers)
        answer = line.getresponse()
        text = answer.read().decode(errors="replace")
        line.close()
        return answer.status, answer.headers.get("Location", ""), text


def disturb(browser: Browser, firm: str, is_over: Event) -> None:
    """Import the same people, each time with another title, and export them, until it is over."""
    turn = 0
    while not is_over.is_set():
        turn += 1
        status, place, text = browser.send(f"{firm}/roster", text=roster(turn))
        assert status == 303, text[:500]
        page = browser.send(place)[2]
        digest = re.search(r'name="digest"[^>]*value="([^"]+)"', page)
        assert digest is not None, (turn, place, page[:500])
        assert browser.send(f"{place}/confirmation", digest=digest[1], leaves_out="y")[0] == 303
        for form in ("csv", "xlsx"):
            assert browser.send(f"{firm}/training/exports", form=form)[0] == 200


def measure(browser: Browser, firm: str) -> list[float]:
    """Open pages as people do, with a breath between two; return the seconds that each took, in order of length."""
    taken = []
    for number in range(PAGES):
        path = f"{firm}{('/training', '/people', '')[number % 3]}"
        started = time.perf_counter()
        status, _place, _text = browser.send(path)
        taken.append(time.perf_counter() - started)
        assert status == 200
        time.sleep(0.02)
    return sorted(taken)


def share(taken: list[float], part: float) -> float:
    """Return the time within which this part of the pages came."""
    return taken[min(len(taken) - 1, int(len(taken) * part))]


def quiet_and_loud(
    address: str, small: tuple[Visitor, str], large: tuple[Visitor, str]
) -> tuple[list[float], list[float]]:
    """Return the small firm's times alone and beside the large one, whose browser is a process of its own."""
    browser = Browser(address, small[0])
    measure(browser, small[1])
    quiet = measure(browser, small[1])
    processes = multiprocessing.get_context("spawn")
    is_over = processes.Event()
    neighbor = processes.Process(target=disturb, args=(Browser(address, large[0]), large[1], is_over))
    neighbor.start()
    time.sleep(2)
    loud = measure(browser, small[1])
    is_over.set()
    neighbor.join()
    assert neighbor.exitcode == 0
    return quiet, loud
