"""Plain HTTP requests, each with a connection of its own: whoever is killed keeps none of them."""

import http.client
import json
from urllib.parse import urlsplit

ANSWER_MAX_SECONDS = 45


class Broken(Exception):
    """No answer came, so nobody knows what became of the request."""


def ask(method: str, url: str, body: object = None, timeout: float = ANSWER_MAX_SECONDS, **headers: str) -> tuple[int, object]:
    """The status and the JSON of an answer. Underscores in the names of headers stand for hyphens."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    content = None if body is None else json.dumps(body).encode()
    if content is not None:
        sent.setdefault("content-type", "application/json")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, content, sent)
        response = connection.getresponse()
        text = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise Broken(repr(error)) from error
    finally:
        connection.close()
    return response.status, read(text)


def read(text: bytes) -> object:
    """The JSON of a body, also of one that comes as a server-sent event; None where there is none."""
    for line in [text, *(line[6:] for line in text.splitlines() if line.startswith(b"data: {"))]:
        try:
            return json.loads(line)
        except ValueError:
            continue
    return None
