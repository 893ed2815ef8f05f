"""Signs schemathesis in: each operation gets the credential that its security requirement asks for.

Read from the environment: TOCSIN_TOKEN (an admin's API token), TOCSIN_INGEST_KEY, ADMIN_EMAIL, ADMIN_PASSWORD; INTERNAL_SECRET and TOCSIN_PEER
(the daemon under test) for daemons' tokens; TOCSIN_COOKIE, TOCSIN_CSRF, TOCSIN_INCIDENT and WEB_URL for the pages; TOCSIN_PROTECTED, ids that must stay.
"""

import base64
import hashlib
import hmac
import json
import os
import time
import uuid

import schemathesis


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def internal_token() -> str:
    """A daemon's token as Shared/Auth/Tokens/InternalTokens.swift makes it: HS256, 60 s, key = HKDF(INTERNAL_SECRET, audience)."""
    audience = os.environ["TOCSIN_PEER"]
    caller = "web-ui" if audience == "incident-management" else "incident-management"
    extracted = hmac.new(b"\0" * 32, os.environ["INTERNAL_SECRET"].encode(), hashlib.sha256).digest()
    key = hmac.new(extracted, audience.encode() + b"\x01", hashlib.sha256).digest()
    now = int(time.time())
    claims = {"aud": audience, "exp": now + 60, "iat": now, "sub": caller}
    parts = [b'{"alg":"HS256","typ":"daemon+jwt"}', json.dumps(claims, sort_keys=True, separators=(",", ":")).encode()]
    signed = ".".join(base64url(part) for part in parts)
    return signed + "." + base64url(hmac.new(key, signed.encode(), hashlib.sha256).digest())


def schemes(case: schemathesis.Case) -> set[str]:
    return {name for choice in case.operation.definition.raw.get("security", []) for name in choice}


def credential(case: schemathesis.Case) -> str:
    names = schemes(case)
    for name in ("internalToken", "session", "integrationKey", "bearer"):
        if name in names:
            return name
    return "none"


@schemathesis.auth(refresh_interval=20, cache_by_key=lambda case, context: credential(case))
class Credentials:
    def get(self, case, context):
        match credential(case):
            case "internalToken":
                return {"Authorization": "Bearer " + internal_token()}
            case "session":
                return {"Cookie": os.environ["TOCSIN_COOKIE"]}
            case "integrationKey":
                return {"Authorization": "Bearer " + os.environ["TOCSIN_INGEST_KEY"]}
            case "bearer":
                return {"Authorization": "Bearer " + os.environ["TOCSIN_TOKEN"]}
            case _:
                return {}

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers.update(data)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps the run alive and fills in what no schema can say."""
    if os.environ["TOCSIN_PEER"] == "web-ui":
        # As a browser does; without it every form is refused before it is read.
        case.headers = case.headers or {}
        case.headers["Origin"] = os.environ["WEB_URL"]
    path = case.path_parameters or {}
    # An id that schemathesis has learnt from a list must not end the session it runs in.
    if case.method in ("DELETE", "PATCH") and path.get("id") in os.environ.get("TOCSIN_PROTECTED", "").split():
        path["id"] = str(uuid.uuid4())
    if not case.meta or case.meta.generation.mode != schemathesis.GenerationMode.POSITIVE:
        return
    # A key that happens to come twice with two bodies is no fault.
    key = (case.headers or {}).get("Idempotency-Key")
    if key:
        case.headers["Idempotency-Key"] = f"{key[:200]}{uuid.uuid4()}"
    # What nobody can guess: a key, the same id twice, a person who is there, the token of a page's form.
    if "key" in path:
        path["key"] = os.environ["TOCSIN_INGEST_KEY"]
    if "number" in path:
        path["number"] = int(os.environ["TOCSIN_INCIDENT"])
    if isinstance(case.body, dict):
        fill_in(case.operation.definition.raw.get("operationId"), case.body, path)


def fill_in(operation: str, body: dict, path: dict) -> None:
    is_page = os.environ["TOCSIN_PEER"] == "web-ui"
    match operation:
        case "tellIncidentClosed":
            body["incident_id"] = path["id"]
        case "postChangeEvent":
            body["routing_key"] = os.environ["TOCSIN_INGEST_KEY"]
        case "notify":
            for name in ("user_id", "target"):
                body.pop(name, None)
            body["recipient"] = os.environ["ADMIN_EMAIL"]
        case "signIn":
            body |= {"username": os.environ["ADMIN_EMAIL"], "password": os.environ["ADMIN_PASSWORD"]}
        # Signing out would end the session of the run.
        case "acknowledge" | "resolve" if is_page:
            body["csrf"] = os.environ["TOCSIN_CSRF"]
