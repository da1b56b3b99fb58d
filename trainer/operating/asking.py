"""Ask the site on this machine over HTTP how it is, without loading the app: units and containers ask often."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException

ANYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 what HOST may be; asked is this machine
TIMEOUT = 5.0


def ask(path: str, host: str, port: int) -> tuple[bool, str]:
    """Return whether the site answers that all is well, and a line that says so."""
    connection = HTTPConnection("127.0.0.1" if host in ANYWHERE else host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        status = str(said["status"])
        faults = [f"{name} {word}" for name, word in said.get("checks", {}).items() if word != "ok"]
    except (OSError, HTTPException) as error:
        return False, f"Nothing answers on {host}, port {port}: {error or type(error).__name__}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return False, f"What answers on {host}, port {port} isn't this app."
    finally:
        connection.close()
    return answer.status == 200, f"{status}{': ' + ', '.join(faults) if faults else ''}"
