"""Ask the web server how it is; `python -m launch.health [PORT]` ends with 0 only if it is well (for containers)."""

import http.client
import os
import sys


def health(port: int, host: str = "localhost") -> str:
    """The status /healthz answers with, "200" when all is well, or what went wrong instead."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        # As a proxy that ends TLS would ask, so that production does not send us to https.
        connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    answer = health(port, os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0])
    sys.exit(0 if answer == "200" else f"/healthz answers {answer}")
