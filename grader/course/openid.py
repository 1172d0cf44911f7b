"""How a university's sign-in says who somebody is: the part `openid` of course.yml."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from grader.system.loopback import is_loopback

__all__ = ["Column", "OpenId"]

# `moodle_id` is missing: Moodle gives another one for each assignment.
Column = Literal[
    "id", "email", "canvas_id", "sis_id", "sis_login", "moodle_username", "github"
]  # of the roster
CHOSEN_FREELY = {
    "name", "given_name", "family_name", "middle_name", "nickname", "profile", "picture",
    "website", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "address",
}  # fmt: skip


class OpenId(BaseModel):
    """The university's sign-in by OpenID Connect; its secret is never in course.yml.

    Args:
        issuer: the provider's address, letter by letter as the provider itself writes it.
        client_id: the name under which the provider knows this desk.
        claim: what the provider says of a person that tells them apart.
        column: the column of the roster that has the same.
        scopes: what the desk asks to be told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    issuer: str = Field(max_length=300, pattern=r"^https?://[!-~]+$")
    client_id: str = Field(max_length=255, pattern=r"^[!-~]+$")
    claim: str = Field(default="email", max_length=64, pattern=r"^[A-Za-z0-9_.:/#-]+$")
    column: Column = "email"
    scopes: tuple[str, ...] = ("openid", "email", "profile")

    @field_validator("issuer")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if not parts.hostname or parts.username or parts.query or parts.fragment:
            raise ValueError("must be the address of a provider, such as https://login.example.edu")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("must begin with https")
        return value

    @field_validator("claim")
    @classmethod
    def _tells_people_apart(cls, value: str) -> str:
        if value in CHOSEN_FREELY:
            raise ValueError(f"people choose {value} themselves; name one such as email or sub")
        return value

    @field_validator("scopes")
    @classmethod
    def _asks_who_it_is(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value or not all(v.isascii() and v.isprintable() for v in value):
            raise ValueError("must have openid among them")
        return value
