"""One provider of OpenID Connect: where it sends people to, and what it says of who comes back.

The flow is the authorization code's, with PKCE, as OpenID Connect Core 1.0, 3.1 describes it
(https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth).
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from urllib3.exceptions import HTTPError

from grader.course.openid import OpenId
from grader.course.settings import Course
from grader.desk.identity import Identity
from grader.desk.openid.about import About, about_of
from grader.desk.openid.id_token import (
    Expected,
    Key,
    NoFittingKey,
    NotBelieved,
    usable_keys,
    verified,
)
from grader.desk.openid.wire import Down, bounded_session, cause_of, unsigned
from grader.errors import UsageError

__all__ = [
    "BACK",
    "SECRET",
    "Attempt",
    "Provider",
    "check_openid",
    "check_provider",
    "provider_of",
]

SECRET = "GRADER_OPENID_SECRET"  # noqa: S105 — the name of the variable
BACK = "/openid/back"  # where the provider sends people after they signed in there
KNOWN_FOR_S = 3600  # how long we believe what the provider says of itself
PAUSE_S = 10  # after it did not answer, it is not asked again for so long
MAX_VALUE = 255  # characters of a claim; more is refused
ERROR = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class Attempt:
    """What binds one attempt to sign in to the browser that made it.

    Args:
        state: comes back with the browser.
        nonce: comes back in the ID token.
        verifier: shows that whoever swaps the code is who asked for it.
    """

    state: str
    nonce: str
    verifier: str


class Provider:
    """A provider, asked from many threads.

    Args:
        openid: the settings.
        back: the whole address to which it sends people back.
        secret: the desk's own secret, when it is needed; "" if there is none.
        clock: the time in seconds, from any moment on.
    """

    def __init__(
        self,
        openid: OpenId,
        back: str,
        secret: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.openid, self._back, self._secret, self._clock = openid, back, secret, clock
        self._turn = threading.Lock()
        self._about: About | None = None
        self._keys: list[Key] | None = None
        self._known_until = self._silent_until = float("-inf")

    def address(self, attempt: Attempt) -> str:
        """Where a browser goes to sign in.

        Raises:
            Down: the provider does not answer.
        """
        with self._session() as session:
            about = self._known(session)
            url, _ = session.create_authorization_url(
                about.authorization_endpoint,
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(url)

    def check(self) -> None:
        """Ask the provider what it says of itself.

        Raises:
            Down: it does not answer, or does not fit the settings.
        """
        with self._session() as session:
            self._known(session)

    def farewell(self) -> str:
        """Where a person can sign out at the provider, too; "" if nowhere that we know of."""
        return self._about.farewell(self.openid.client_id) if self._about else ""

    def who(self, attempt: Attempt, code: str, issuer: str | None) -> Identity:
        """Who came back with a code.

        Args:
            attempt: the one that the browser made.
            code: the code.
            issuer: who sent the browser back, if the address says so.

        Raises:
            Down: the provider does not answer.
            NotBelieved: it refuses the code, or what it says is not believed.
        """
        with self._session() as session:
            about = self._known(session)
            if issuer != self.openid.issuer and (issuer is not None or about.names_issuer):
                raise NotBelieved("another provider sent the browser back (iss)")
            answer = self._swapped(session, about, attempt, code)
            expected = Expected(
                self.openid.issuer,
                self.openid.client_id,
                attempt.nonce,
                _text(answer, "access_token"),
                about.id_token_signing_alg_values_supported,
            )
            claims = self._verified(session, about, _text(answer, "id_token"), expected)
            if about.userinfo_endpoint and not self._needed <= claims.keys():
                claims = self._more(session, about.userinfo_endpoint, claims["sub"])
        return named(self.openid, claims)

    def _swapped(
        self, session: OAuth2Session, about: About, attempt: Attempt, code: str
    ) -> Mapping[str, Any]:
        """Swap the code for tokens."""
        session.token_endpoint_auth_method = about.method
        try:
            return dict(
                session.fetch_token(
                    about.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                    withhold_token=True,
                )
            )
        except OAuthError as error:
            told = error.error if ERROR.fullmatch(str(error.error)) else "an error"
            hint = f"; check client_id and {SECRET}" if told == "invalid_client" else ""
            raise NotBelieved(f"the provider refuses the code: {told}{hint}") from None
        except requests.HTTPError as error:
            raise Down(f"{self._host}: answers {error.response.status_code}") from None
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._silent(cause_of(error)) from None
        except (ValueError, TypeError, RecursionError):
            raise Down(f"{self._host}: its answer to a code is none") from None

    def _verified(
        self, session: OAuth2Session, about: About, token: str, expected: Expected
    ) -> Mapping[str, Any]:
        """What the token says; a key that we do not know may be a new one."""
        keys = self._keys
        if keys is not None:
            try:
                return dict(verified(token, keys, expected))
            except NoFittingKey:
                pass
        found = self._asked(session, about.jwks_uri).get("keys")
        self._keys = keys = usable_keys(found if isinstance(found, list) else [])
        return dict(verified(token, keys, expected))

    def _more(self, session: OAuth2Session, url: str, subject: str) -> Mapping[str, Any]:
        """What else the provider says of the same person."""
        claims = self._asked(session, url, with_token=True)
        if claims.get("sub") != subject:
            raise NotBelieved("the provider tells of somebody else (sub)")
        return claims

    def _known(self, session: OAuth2Session) -> About:
        """What the provider says of itself; asked once in a while."""
        with self._turn:
            if self._about is None or self._clock() >= self._known_until:
                url = self.openid.issuer.rstrip("/") + "/.well-known/openid-configuration"
                self._about, self._keys = about_of(self.openid, self._asked(session, url)), None
                self._known_until = self._clock() + KNOWN_FOR_S
            return self._about

    def _asked(
        self, session: OAuth2Session, url: str, *, with_token: bool = False
    ) -> Mapping[str, Any]:
        """An answer in JSON."""
        if self._clock() < self._silent_until:
            raise Down(f"{self._host}: did not answer just now", is_news=False)
        try:
            how: dict[str, Any] = {} if with_token else {"withhold_token": True, "auth": unsigned}
            answer = session.get(url, headers={"Accept": "application/json"}, **how)
            found = answer.json() if answer.status_code == 200 else None
        except (requests.JSONDecodeError, ValueError, RecursionError):
            raise self._silent("its answer is no JSON") from None
        except (OAuthError, requests.RequestException, HTTPError, OSError) as error:
            raise self._silent(cause_of(error)) from None
        if not isinstance(found, dict):
            raise self._silent(f"answers {answer.status_code}, or no JSON")
        return found

    def _silent(self, problem: str) -> Down:
        """Leave the provider alone for a while, so that waiting for it does not hold us up."""
        self._silent_until = self._clock() + PAUSE_S
        return Down(f"{self._host}: {problem}")

    def _session(self) -> OAuth2Session:
        secret = self._secret()
        if not secret:
            raise Down(f"no secret for the university's sign-in; put it into {SECRET}")
        return bounded_session(
            client_id=self.openid.client_id,
            client_secret=secret,
            scope=" ".join(self.openid.scopes),
            redirect_uri=self._back,
            code_challenge_method="S256",
        )

    @property
    def _needed(self) -> set[str]:
        """The claims that say who somebody is."""
        verified_too = {"email_verified"} if self.openid.claim == "email" else set()
        return {self.openid.claim} | verified_too

    @property
    def _host(self) -> str:
        return urlsplit(self.openid.issuer).netloc


def named(openid: OpenId, claims: Mapping[str, Any]) -> Identity:
    """Who a person is, by the claim that the course looks at.

    Args:
        openid: the settings.
        claims: what the provider says, from one source.

    Raises:
        NotBelieved: the claim is missing, is no short text, or is an address that is not verified.
    """
    value = claims.get(openid.claim)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_VALUE or not value.isprintable():
        raise NotBelieved(f"the provider does not say {openid.claim}; ask for it with scopes")
    if openid.claim == "email" and claims.get("email_verified") is not True:
        raise NotBelieved("the provider does not say that the email is verified")
    return Identity(openid.issuer, openid.claim, value)


def provider_of(course: Course) -> Provider | None:
    """The provider of a course; None if it has none.

    What was learnt of it is kept as long as the settings stay the same.
    """
    if course.desk.openid is None:
        return None
    return _provider(course.desk.openid, course.desk.address + BACK)


@lru_cache(maxsize=8)
def _provider(openid: OpenId, back: str) -> Provider:
    return Provider(openid, back, lambda: os.environ.get(SECRET, ""))


def check_openid(course: Course) -> None:
    """See that there is a secret if the course has a provider.

    Raises:
        UsageError: there is none.
    """
    if course.desk.openid and not os.environ.get(SECRET):
        raise UsageError(f"no secret for the university's sign-in; put it into {SECRET}")


def check_provider(course: Course, warn: Callable[[str], None]) -> None:
    """Tell a teacher at once what students would meet when they sign in at the university.

    Args:
        course: the course.
        warn: told in one line what is wrong.
    """
    try:
        if provider := provider_of(course):
            provider.check()
    except Down as down:
        warn(f"the university's sign-in: {down}")


def _text(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str):
        raise NotBelieved(f"the provider sends no {key}")
    return value
