"""`next=` stays on this site, whatever it says."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import make_account, make_guest, sign_in_as
from tests.support import COURSE, PASSWORD, Visitor
from trainer.web.redirects import safe_path

HOSTS = [
    "evil.example",
    "evil.example/",
    "evil.example/me",
    "evil.example?x",
    "evil.example#x",
    "evil.example:80",
    "3232235777",
]
STARTS = [
    *(
        "//",
        "///",
        "////",
        "/\\",
        "\\/",
        "\\\\",
        "\\\\\\\\",
        "/\\/",
        "//\\",
        "https:",
        "http:",
        "https://",
        "http://",
        "ftp://",
    ),
    *(
        "https:/",
        "https:///",
        "hTTps://",
        "HTTPS:\\\\",
        " https://",
        "\thttps://",
        "\nhttps://",
        "\r\nhttps://",
        "\x00//",
    ),
    *(
        "/\t/",
        "/\n/",
        "/\r/",
        "\t//",
        "/ /",
        "/.//",
        "/..//",
        "/./\\",
        "/%09/",
        "/%0a/",
        "/%0d%0a/",
        "/%2f",
        "/%5c",
        "%2f%2f",
    ),
    *(
        "https://127.0.0.1:8000@",
        "//127.0.0.1:8000@",
        "//127.0.0.1:8000.",
        "/me//",
        "/me/..//",
        "/me/../..//",
        "/me\\..\\\\",
    ),
    *(
        "x://",
        "//\u3002",
        "／／",
        "/／",
        "\u2028//",
        "/\u200b/",
        "\ufeff//",
        "/\u00ad/",
        "https\uff1a//",
        "/me?//\\",
        "//%00",
    ),
]
OTHERS = [
    *(
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
    ),
    *("vbscript:x", "mailto:x@evil.example", "tel:911", "blob:x", "file:///etc/passwd", "view-source:x", "about:blank"),
    *(
        "/me\r\nSet-Cookie: a=b",
        "/me%0d%0aSet-Cookie:%20a=b",
        "/me\nLocation: //evil.example",
        "/me%0aX:y",
        "/\x00",
        "/%00",
    ),
    *(
        "",
        " ",
        "me",
        "../me",
        "./me",
        "?next=//evil.example",
        "#x",
        ".",
        "..",
        "/../me",
        "/./me",
        "/.well-known",
        "/me/..",
    ),
    *(
        "/" + "x" * 600,
        "/me;//evil.example",
        "/me'",
        '/me"><script>',
        "/<script>",
        "/me|x",
        "/{x}",
        "/é",
        "/%2e%2e/%2f/x",
    ),
    *(
        "@evil.example",
        "evil.example",
        ":80",
        ":",
        "//",
        "///",
        "\\",
        "/\\",
        "http:",
        "https:?x",
        "/%5Cevil.example",
        "/%2F/x",
    ),
]
CORPUS = sorted({start + host for start in STARTS for host in HOSTS[:3]} | {"//" + one for one in HOSTS} | set(OTHERS))
FINE = ["/", "/me", f"/courses/{COURSE}", f"/courses/{COURSE}/final?x=1&y=%20", "/me?next=//evil.example"]


def stays(target: str) -> bool:
    """Return True if a browser that follows this from our page stays on our site."""
    # Browsers take out tabs and line breaks, blanks at the ends, and read a backslash as a slash.
    read = "".join(char for char in target if char not in "\t\r\n").strip(" \x00").replace("\\", "/")
    joined = urlsplit(urljoin("http://127.0.0.1:8000/sign-in", read))
    return joined.scheme == "http" and joined.netloc == "127.0.0.1:8000" and target.startswith("/")


@pytest.mark.asvs("3.7.2")
@pytest.mark.check("T059")
def test_no_target_of_the_corpus_leaves_the_site() -> None:
    assert len(CORPUS) >= 150
    for target in CORPUS:
        path = safe_path(target, "/me")
        assert path == "/me" or (path == target and stays(path) and target.split("?")[0].isascii()), target


@pytest.mark.check("T059")
@given(st.text(max_size=80) | st.text(alphabet="/\\.:@%?#&025cfF\t\n ae", max_size=20).map(lambda text: "/" + text))
def test_no_text_leaves_the_site(target: str) -> None:
    path = safe_path(target, "/me")
    assert stays(path)
    assert "\\" not in path
    assert "//" not in path.split("?")[0]
    assert path.isprintable()


@pytest.mark.parametrize("target", FINE)
def test_a_path_of_ours_is_followed(target: str) -> None:
    assert safe_path(target, "/elsewhere") == target


@pytest.mark.asvs("3.7.2")
@pytest.mark.check("T059")
@pytest.mark.parametrize("route", ["keep", "sign-in", "sign-up", "guests", "name", "post sign-in"])
def test_every_route_that_redirects_stays(app: Flask, route: str) -> None:
    bob = make_account(app)
    is_guests = route == "guests"
    visitor = sign_in_as(app, make_guest(app) if route == "post sign-in" else bob)
    token = visitor.token()
    for target in CORPUS[:: 6 if route in {"guests", "post sign-in"} else 1]:
        query = f"?next={quote(target.encode('utf-8', 'replace'), safe='')}"
        if route == "name":
            answer = visitor.post(f"/courses/{COURSE}/name{query}", {"certificate_name": "Bob"}, token=token)
        elif is_guests:
            visitor = sign_in_as(app, bob)
            answer = visitor.post(f"/guests{query}", token=token and visitor.token(), environ_base=_somewhere(target))
        elif route == "post sign-in":
            fresh = Visitor(app)
            data = {"email": "bob@example.org", "password": PASSWORD}
            answer = fresh.post(f"/sign-in{query}", data, environ_base=_somewhere(target))
        else:
            answer = visitor.get(f"/{route}{query}")
        if "\x00" in target:  # no address of ours holds one
            assert answer.status_code == 400
            continue
        assert answer.status_code == 303, target
        assert stays(answer.headers["Location"]), target
        assert len(answer.headers.getlist("Location")) == 1
        assert "a=b" not in str(answer.headers.getlist("Set-Cookie"))


def _somewhere(target: str) -> dict[str, str]:
    """Return another network address for each try, so that throttling doesn't end the test."""
    return {"REMOTE_ADDR": f"198.51.{hash(target) % 250}.{hash(target[::-1]) % 250}"}


@pytest.mark.check("T059")
def test_the_page_asked_for_is_returned_to_and_nothing_else(app: Flask) -> None:
    for path in ("/me", f"/courses/{COURSE}/name", "/me//evil.example", "//evil.example/me"):
        answer = Visitor(app).get(path)
        to = answer.headers.get("Location", "/")
        assert stays(to)


@pytest.mark.check("T059")
def test_what_an_address_says_never_becomes_an_order(visitor: Visitor) -> None:
    tricks = "_scheme=javascript&_external=1&_anchor=x&_method=GET&_host=evil.example&start=x&course=a&course=b"
    page = visitor.get(f"/keep?{tricks}")
    assert page.status_code == 200
    kept = r'<input type="hidden" name="_\w+" value="[\w.]+">'  # what changing the region keeps of the address
    text = re.sub(kept, "", page.text.replace('src="/static', ""))
    assert "javascript" not in text
    assert "evil.example" not in text
