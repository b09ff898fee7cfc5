"""The agent's panel (what it knows of a person), fetched from the agent's own HTTP on this machine."""

import re
from typing import Any

from sandbox.refusals import Misuse

AGENT_URL = re.compile(r"http://(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d{1,5})?/?")
PANEL_BYTES = 4 * 1024 * 1024
SECONDS = 10


def agent_url(url: Any) -> str | None:
    """The address without a slash at its end; raises `Misuse` for one elsewhere."""
    if url is None:
        return None
    if not isinstance(url, str) or not AGENT_URL.fullmatch(url):
        raise Misuse(400, f"url: http://127.0.0.1:PORT, this machine only; not {url!r}")
    return url.rstrip("/")


async def fetch_panel(url: str | None, user_id: int) -> bytes:
    """The agent's JSON as it is; raises `Misuse` 404 for a person it does not know, 502 when it does not answer."""
    import aiohttp  # takes longer to load than the rest of the sandbox, and only the page needs it

    if url is None:
        raise Misuse(502, "no agent has registered its address (PUT /sandbox/agent)")
    body = b""
    try:
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.get(f"{url}/panel/{user_id}", allow_redirects=False) as answer,
        ):
            if answer.status == 404:
                raise Misuse(404, f"the agent does not know {user_id} yet")
            if answer.status != 200:
                raise Misuse(502, f"the agent at {url} answers {answer.status}")
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > PANEL_BYTES:
                    raise Misuse(502, f"the agent at {url} answers too much")
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Misuse(502, f"the agent at {url} does not answer: {error or type(error).__name__}") from None
    return body
