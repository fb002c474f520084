"""Questions to an OpenAI-compatible server: asked again where that can help, never without end.

The standard library's client is enough for one POST, so nobody who asks needs a package. What the
`openai` client would bring (retries, waiting as told) is bounded here by settings of ours instead,
and no redirection is followed, so that the key goes nowhere but to the address that was given.
"""

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from reelwright.errors import ReelwrightError, cleaned

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 529})  # statuses that may pass
MOST_BYTES = 1_000_000  # of an answer: a caption is some thousand letters
CHUNK = 65_536

Checked = Callable[[str], Any]


class Service(Protocol):
    """A section of the settings that says where a model is, and how patient to be with it."""

    @property
    def base_url(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def key_env(self) -> str: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def attempts(self) -> int: ...
    @property
    def backoff_s(self) -> float: ...
    @property
    def most_wait_s(self) -> float: ...


class Unusable(Exception):
    """What a model wrote that cannot be used, in words that it can be told."""


class Unanswered(Exception):
    """No answer came in time; the message says why, in one line."""


class Refused(ReelwrightError):
    """A server says no, and would say it again."""

    def __init__(self, problem: str, *, hint: str, status: int) -> None:
        super().__init__(problem, hint=hint)
        self.status = status


class _Failed(Exception):
    """An attempt that came to nothing but may succeed when it is made again."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Endpoint:
    """A model's address. Safe to share among threads."""

    def __init__(
        self,
        config: Service,
        *,
        key: str,
        section: str = "captioner",  # of the settings, for hints
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.config = config
        self.section = section
        self._key = key.strip()
        self._clock = clock
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_NoRedirects)
        if not (self._key.isascii() and self._key.isprintable()):
            raise ReelwrightError(
                f"The variable {config.key_env} holds no key that can be sent.",
                hint="A key is one line of plain letters: set it again.",
            )

    @property
    def url(self) -> str:
        return self.config.base_url.rstrip("/")

    def answer(self, content: list[dict[str, Any]], checked: Checked, **asked: Any) -> Any:
        """What `checked` makes of the model's answer to `content`, the parts of one message.

        Where it raises Unusable the model is told so and asked again, within the same attempts.
        """
        complaint: list[dict[str, Any]] = []
        failure = _Failed("no attempt was made")
        for pause_s in self._pauses():
            self._sleep(max(pause_s, failure.wait_s))
            message = {"role": "user", "content": content + complaint}
            body = {"model": self.config.model, "messages": [message], **asked}
            try:
                return checked(self._written(self._call("/chat/completions", body)))
            except _Failed as error:
                failure = error
            except Unusable as error:
                failure = _Failed(f"its answer cannot be used: {error}")
                words = f"Your last answer could not be used: {error}. Answer again as asked."
                complaint = [{"type": "text", "text": words}]
        raise ReelwrightError(
            f"{self.config.model} at {self.url} gave no captions in "
            f"{self.config.attempts} attempts: {failure.why}.",
            hint="Look at that server, then run the same again; what is done is kept.",
        )

    def told(self, body: dict[str, Any], *, within_s: float, jitter: Callable[[], float]) -> Any:
        """All that the server says to a conversation; Refused or Unanswered in time otherwise.

        Pauses are stretched by `jitter`, so that those who were turned away together do not come
        back together.
        """
        until_s = self._clock() + within_s
        why, wait_s = "there was no time to ask", 0.0
        for pause_s in self._pauses():
            pause_s = max(pause_s * jitter(), wait_s)
            if self._clock() + pause_s >= until_s:
                break
            self._sleep(pause_s)
            try:
                left_s = until_s - self._clock()
                return self._call("/chat/completions", body, min(left_s, self.config.timeout_s))
            except _Failed as error:
                why, wait_s = error.why, error.wait_s
        raise Unanswered(why)

    def models(self) -> list[str]:
        """The names of the models that the endpoint offers. One attempt."""
        try:
            told = self._call("/models", None)
            return [cleaned(one["id"]) for one in told["data"]]
        except _Failed as error:
            raise ReelwrightError(
                f"{self.url} cannot be asked: {error.why}.",
                hint=f"Start that server, or set {self.section}.base_url.",
            ) from error
        except (KeyError, TypeError):
            return []  # a server that does not say

    def _pauses(self) -> Iterator[float]:
        yield 0.0
        for attempt in range(self.config.attempts - 1):
            yield min(self.config.backoff_s * 2**attempt, self.config.most_wait_s)

    def _written(self, told: Any) -> str:
        try:
            written = told["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise _Failed("it does not answer as /chat/completions does") from None
        return written if isinstance(written, str) else ""

    def _call(self, path: str, body: dict[str, Any] | None, timeout_s: float | None = None) -> Any:
        patience_s = self.config.timeout_s if timeout_s is None else timeout_s
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        try:
            with self._opener.open(request, timeout=patience_s) as response:
                return json.loads(self._read(response, self._clock() + patience_s))
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error) from error
        except TimeoutError as error:
            raise _Failed(f"no answer within {patience_s:.3g} s") from error
        except urllib.error.URLError as error:
            slow = isinstance(error.reason, TimeoutError)
            why = "no answer in time" if slow else f"it cannot be reached ({cleaned(error.reason)})"
            raise _Failed(why) from error
        except (OSError, http.client.HTTPException) as error:
            raise _Failed(f"it broke off ({cleaned(error) or type(error).__name__})") from error
        except (ValueError, RecursionError) as error:
            raise _Failed("it answers with something that is not JSON") from error

    def _read(self, response: Any, until_s: float) -> bytes:
        """The body, within the time and the size that an answer may take."""
        parts: list[bytes] = []
        while part := response.read1(CHUNK):
            parts.append(part)
            if self._clock() > until_s:
                raise TimeoutError
            if sum(map(len, parts)) > MOST_BYTES:
                raise _Failed(f"its answer is longer than {MOST_BYTES:,} bytes")
        return b"".join(parts)

    def _refused(self, error: urllib.error.HTTPError) -> Exception:
        said = f"{error.code} {_reason(error)}".strip()
        if self._key:
            said = said.replace(self._key, "***")
        if error.code in AGAIN:
            wait_s = _wait_s(error.headers.get("Retry-After"))
            if wait_s <= self.config.most_wait_s:
                return _Failed(f"it says {said}", wait_s)
            return ReelwrightError(
                f"{self.url} says {said} and asks to wait {wait_s:.0f} s.",
                hint=f"Run the same again then, or raise {self.section}.most_wait_s.",
            )
        match error.code:
            case 401 | 403:
                held = "holds a key that is refused" if self._key else "is not set"
                hint = (
                    f"The variable {self.config.key_env} {held}; {self.section}.key_env names it."
                )
            case 301 | 302 | 303 | 307 | 308:
                hint = (
                    f"Set {self.section}.base_url to the address that it leads to, if you trust it."
                )
            case 404:
                hint = f"Check {self.section}.model and .base_url, which ends in /v1 mostly."
            case _:
                hint = f"Check {self.section}.model: it has to do what it is asked, and in JSON."
        problem = f"{self.url} refuses {self.config.model}: {said}."
        return Refused(problem, hint=hint, status=error.code)


def _reason(error: urllib.error.HTTPError) -> str:
    """Why, in the server's words where it gives any."""
    try:
        told = json.loads(error.read(CHUNK))
        inner = told.get("error", told)
        said = inner.get("message", "") if isinstance(inner, dict) else inner
    except (OSError, ValueError, AttributeError, http.client.HTTPException):
        said = ""
    return f"({cleaned(said).rstrip('.')})" if cleaned(said) else cleaned(error.reason)


def _wait_s(told: str | None) -> float:
    """How long a Retry-After asks to wait: it is a number of seconds or a date."""
    if told is None:
        return 0.0
    if re.fullmatch(r"\s*\d{1,9}(\.\d+)?\s*", told):
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
