"""What an ID token must be and say before we believe it.

The rules are those of OpenID Connect Core 1.0, 3.1.3.7
(https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), and of RFC 8725, where
ours are stricter: signatures by asymmetric keys only, and an audience of this desk alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from grader.errors import GraderError

__all__ = ["ALGORITHMS", "Expected", "NoFittingKey", "NotBelieved", "usable_keys", "verified"]

LEEWAY_S = 60
RSA_BITS = range(2048, 8193)  # smaller keys are weak, larger ones slow
MAX_HEADER_BYTES = 16 << 10  # certificates may be in it
Key = RSAKey | ECKey | OKPKey
BROKEN = (JoseError, ValueError, TypeError)

# By name: which type of key an algorithm takes. `none` and those with a shared secret are missing.
ALGORITHMS: dict[str, type[Key]] = {
    **{f"{family}{bits}": RSAKey for family in ("RS", "PS") for bits in (256, 384, 512)},
    **{f"ES{bits}": ECKey for bits in (256, 384, 512)},
    "EdDSA": OKPKey,
    "Ed25519": OKPKey,
}


class NotBelieved(GraderError):
    """What came from the provider, or seems to, is not believed; the text is for the terminal."""


class NoFittingKey(NotBelieved):
    """The provider's keys, as far as we know them, do not have the one that signed."""


@dataclass(frozen=True)
class Expected:
    """What the token must say.

    Args:
        issuer: who made it.
        client_id: for whom.
        nonce: of this attempt to sign in.
        access_token: what came with it.
        algorithms: what the provider says that it signs with.
    """

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    algorithms: Sequence[str]


def usable_keys(found: Iterable[Any]) -> list[Key]:
    """The public keys among what a provider lists; others are left out, whatever they are.

    Args:
        found: the list, as JSON.
    """
    keys = []
    for data in found:
        try:
            key = JWKRegistry.import_key(data)
        except (*BROKEN, KeyError, AttributeError):
            continue  # of a kind that we do not know, or broken
        has_size = not isinstance(key, RSAKey) or key.public_key.key_size in RSA_BITS
        is_for_this = data.get("use", "sig") == "sig"
        if isinstance(key, RSAKey | ECKey | OKPKey) and has_size and is_for_this:
            keys.append(key)
    return keys


def verified(token: str, keys: Sequence[Key], expected: Expected, now: float | None = None) -> Any:
    """What a token says, once all of it is checked.

    Args:
        token: as it came.
        keys: of the provider.
        expected: what it must say.
        now: the time, in seconds since 1970; the clock's if it is not given.

    Raises:
        NoFittingKey: none of the keys can have signed it.
        NotBelieved: it is no token, is not signed as it must be, or says something else.
    """
    now = time.time() if now is None else now
    header, claims = _signed(token, keys, expected.algorithms)
    options = {"iss": {"essential": True, "value": expected.issuer}}
    known = {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": expected.access_token,
    }
    try:
        CodeIDToken(claims, header, options, known).validate(now, LEEWAY_S)
    except BROKEN as error:
        raise NotBelieved(f"the ID token is not right ({_reason(error)})") from None
    if claims["aud"] not in (expected.client_id, [expected.client_id]):
        raise NotBelieved("the ID token is for others, too (aud)")
    if not claims["sub"]:
        raise NotBelieved("the ID token names nobody (sub)")
    return claims


def _signed(
    token: str, keys: Sequence[Key], offered: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    allowed = [name for name in offered if name in ALGORITHMS]
    registry = jws.JWSRegistry(algorithms=allowed, strict_check_header=False)
    registry.max_header_length = MAX_HEADER_BYTES
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (*BROKEN, RecursionError) as error:
        raise NotBelieved(f"the ID token is none ({_reason(error)})") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in allowed:
        raise NotBelieved("the ID token is signed by a method that the provider does not name")
    fitting = [
        key
        for key in keys
        if isinstance(key, ALGORITHMS[algorithm])
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid", kid) == kid)
    ]
    for key in fitting:
        try:
            return header, jwt.decode(token, key, registry=registry).claims
        except (*BROKEN, RecursionError):
            continue  # perhaps the next one
    raise NoFittingKey("the ID token is not signed by a key of the provider")


def _reason(error: Exception) -> str:
    """Which rule is broken; never what the token says."""
    claim = getattr(error, "claim", "")
    return claim if isinstance(claim, str) and claim.isidentifier() else type(error).__name__
