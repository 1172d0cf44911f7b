"""What a provider says of itself, and whether that fits the settings and is safe to follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, Field, ValidationError

from grader.course.openid import OpenId
from grader.desk.openid.wire import Down
from grader.system.loopback import is_loopback

__all__ = ["About", "about_of"]

BY_HEADER, BY_FORM = "client_secret_basic", "client_secret_post"


class About(BaseModel):
    """What a provider says of itself, as far as we need it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    id_token_signing_alg_values_supported: tuple[str, ...]
    token_endpoint_auth_methods_supported: tuple[str, ...] = (BY_HEADER,)
    names_issuer: bool = Field(
        default=False, alias="authorization_response_iss_parameter_supported"
    )

    @property
    def method(self) -> str:
        """How the desk shows its secret."""
        offered = self.token_endpoint_auth_methods_supported
        return BY_HEADER if BY_HEADER in offered else BY_FORM

    def farewell(self, client_id: str) -> str:
        """Where a person can sign out; "" if nowhere that we are told of.

        Args:
            client_id: of the desk.
        """
        if self.end_session_endpoint is None:
            return ""
        joint = "&" if "?" in self.end_session_endpoint else "?"
        return self.end_session_endpoint + joint + urlencode({"client_id": client_id})


def about_of(openid: OpenId, found: Mapping[str, Any]) -> About:
    """Read what a provider says of itself.

    Args:
        openid: the settings.
        found: what it says, as JSON.

    Raises:
        Down: it is not what a provider says, or not what this course's provider would say.
    """
    host = urlsplit(openid.issuer).netloc
    try:
        about = About.model_validate(found)
    except ValidationError as error:
        key = ".".join(map(str, error.errors()[0]["loc"]))
        raise Down(f"{host}: what it says of itself is not right ({key})") from None
    if about.issuer != openid.issuer:
        raise Down(f"{host}: says that it is another issuer; correct issuer in course.yml")
    if {BY_HEADER, BY_FORM}.isdisjoint(about.token_endpoint_auth_methods_supported):
        raise Down(f"{host}: takes no client's secret; ask those who run it")
    endpoints = (
        about.authorization_endpoint,
        about.token_endpoint,
        about.jwks_uri,
        about.userinfo_endpoint,
        about.end_session_endpoint,
    )
    if not all(_is_safe(url, openid) for url in endpoints if url is not None):
        raise Down(f"{host}: names an address that is not safe (no https)")
    return about


def _is_safe(url: str, openid: OpenId) -> bool:
    """Whether nobody on the way can read what goes there."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    is_plain = bool(host) and not (parts.username or parts.password or parts.fragment)
    here = is_loopback(host) and is_loopback(urlsplit(openid.issuer).hostname)
    is_closed = parts.scheme == "https" or (parts.scheme == "http" and here)
    return is_plain and is_closed and all("!" <= letter <= "~" for letter in url)
