"""Providers of OpenID Connect on this machine: a real one, and one that does as a test tells it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from grader.course.settings import Course
from grader.desk.openid.provider import SECRET
from tests.kit.desk import Browser
from tests.kit.files import ROOT

__all__ = [
    "OURS",
    "ROSTER",
    "SECRET",
    "Told",
    "come_back",
    "real_provider",
    "sign_in_there",
    "told_provider",
    "with_provider",
]

NODE = ROOT / "tests" / "node"
REDIRECT = "http://127.0.0.1:8000/openid/back"  # of a desk whose course.yml names no address
OURS = "of the desk"  # the secret
ROSTER = (
    "id,first_name,last_name,email,sis_login,role\n"
    "mira,Mira,Lange,mira@example.edu,m1,\n"
    "farah,Farah,Al-Sayed,farah@example.edu,f1,\n"
    "ada,Ada,Abara,ada@example.edu,a1,teacher\n"
)
FIELD = re.compile(r'<form[^>]* action="([^"]+)"')
PROMPT = re.compile(r'name="prompt" value="(\w+)"')


def with_provider(course: Course, issuer: str, more: str = "") -> None:
    """Name a provider in course.yml."""
    path = course.root / "course.yml"
    text = path.read_text(encoding="utf-8").partition("\ndesk:")[0].rstrip()
    named = f"issuer: '{issuer}', client_id: rsa{more}"
    path.write_text(f"{text}\ndesk: {{openid: {{{named}}}}}\n", encoding="utf-8")


@contextmanager
def real_provider(people: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The address of npm's oidc-provider, which knows these people; the test is skipped without."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("oidc-provider is not installed (tests/node)")
    told = json.dumps({"redirect": REDIRECT, "people": people})
    process = subprocess.Popen(
        [node, "provider.mjs", told],
        cwd=NODE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer, "oidc-provider does not start"
        try:
            yield issuer
        finally:
            process.kill()


def sign_in_there(address: str, name: str) -> str:
    """Fill in the real provider's forms, and return the address to which it sends a browser back.

    Args:
        address: where the desk sent the browser.
        name: who signs in.
    """
    with httpx.Client(timeout=60) as client:
        answer = client.get(address)
        for _ in range(12):
            if "location" in answer.headers:
                address = urljoin(address, answer.headers["location"])
                if address.startswith(REDIRECT):
                    return address
                answer = client.get(address)
                continue
            form, prompt = FIELD.search(answer.text), PROMPT.search(answer.text)
            assert form and prompt, answer.text[:500]
            address = urljoin(address, form[1])
            fields = {"prompt": prompt[1], "login": name, "password": "any"}
            answer = client.post(address, data=fields)
    raise AssertionError("the provider sends nobody back")


class Told:
    """A provider that answers as a test tells it; told nothing, it is honest.

    Args:
        issuer: its address.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.calls: list[str] = []
        self.reset()

    def reset(self) -> None:
        """Be honest again."""
        self.calls.clear()
        self.about: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/person",
            "end_session_endpoint": f"{self.issuer}/end",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        self.keys: list[Any] = [self.key.as_dict(private=False)]
        self.claims: dict[str, Any] = {"email": "mira@example.edu", "email_verified": True}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "first"}
        self.signs = self.key
        self.person: dict[str, Any] = {}
        self.token: str | None = None
        self.answers: dict[str, tuple[int, bytes]] = {}
        self._codes: dict[str, dict[str, str]] = {}

    def code_for(self, address: str) -> dict[str, str]:
        """What the provider would send back with a browser that came to an address."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        assert asked["redirect_uri"] == REDIRECT and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def id_token(self, nonce: str) -> str:
        """The token with these claims, signed in this way."""
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "aud": "rsa",
            "sub": "m1",
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
        }
        claims = {k: v for k, v in {**honest, **self.claims}.items() if v is not None}
        return jwt.encode(self.header, claims, self.signs)

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        """The answer to a request."""
        self.calls.append(path)
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self.about).encode()
        if path == "/keys":
            return 200, json.dumps({"keys": self.keys}).encode()
        if path == "/person" and authorization == "Bearer opens":
            return 200, json.dumps({"sub": "m1", **self.person}).encode()
        if path == "/token":
            return self._swapped(form, authorization)
        return 404, b"{}"

    def _swapped(self, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        asked = self._codes.pop(form.get("code", ""), None)
        secret = base64.b64encode(f"rsa:{OURS}".encode()).decode()
        if authorization != f"Basic {secret}":
            return 401, b'{"error": "invalid_client"}'
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge:
            return 400, b'{"error": "invalid_grant"}'
        token = self.token if self.token is not None else self.id_token(asked["nonce"])
        told = {"access_token": "opens", "token_type": "Bearer", "id_token": token}
        return 200, json.dumps(told).encode()


@contextmanager
def told_provider() -> Iterator[Told]:
    """A provider that answers as a test tells it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._reply({key: value[0] for key, value in parse_qs(body).items()})

        def _reply(self, form: dict[str, str]) -> None:
            authorization = self.headers.get("Authorization", "")
            status, body = provider.answer(urlsplit(self.path).path, form, authorization)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Told(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()


def come_back(browser: Browser, provider: Told, **changed: str) -> httpx.Response:
    """Sign in at the provider that answers as it is told, and come back.

    Args:
        browser: the browser.
        provider: the provider.
        changed: what else than the provider said comes back.
    """
    begun = browser.get("/openid")
    assert begun.status_code == 303, begun.text
    params = {**provider.code_for(begun.headers["location"]), **changed}
    return browser.ask("GET", "/openid/back", params=params)
