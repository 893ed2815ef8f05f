"""A real SMTP server for tests: aiosmtpd, one JSON line per mail it took.

Prints "PORT <n>" once it listens and ends when its standard input is closed, so it never outlives the test that started it.
A line is in the file before the sender gets its 250: {"received_at", "session", "mail_from", "rcpt_to", "data"}.
"""

import argparse
import asyncio
import json
import ssl
import sys
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

TEXTS = {451: "4.7.1 Greylisted, please try again", 550: "5.1.1 No such user here", 421: "4.3.2 Closing"}


class Receiver:
    def __init__(self, path, refusals):
        self.file = open(path, "a", buffering=1, encoding="utf-8")
        self.refusals = refusals
        self.sessions = {}

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        refusal = self.refusals.get(address.lower())
        if refusal and refusal["times"] != 0:
            refusal["times"] -= 1
            if refusal["code"] == "stall":
                await asyncio.sleep(3600)
            code = int(refusal["code"])
            return f"{code} {TEXTS.get(code, 'refused')}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        number = self.sessions.setdefault(id(session), len(self.sessions) + 1)
        self.file.write(json.dumps({
            "received_at": time.time(),
            "session": number,
            "tls": session.ssl is not None,
            "mail_from": envelope.mail_from,
            "rcpt_to": envelope.rcpt_tos,
            "data": envelope.content.decode("utf-8", "replace"),
        }) + "\n")
        self.file.flush()
        return "250 2.0.0 Ok: queued as TEST"


class Server(Controller):
    def __init__(self, *args, options, **kwargs):
        self.options = options
        super().__init__(*args, **kwargs)

    def factory(self):
        return SMTP(self.handler, **self.options)


def refusal(text):
    """`address=451`, `address=451:2` (twice, then taken), `address=stall`."""
    address, _, rest = text.rpartition("=")
    code, _, times = rest.partition(":")
    return address.lower(), {"code": code, "times": int(times) if times else -1}


def options(arguments):
    chosen = {"hostname": "receiver.test", "enable_SMTPUTF8": False, "ident": "receiver"}
    if arguments.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)
        chosen.update(tls_context=context, require_starttls=True)
    if arguments.user:
        user, _, password = arguments.user.partition(":")

        def check(server, session, envelope, mechanism, data):
            is_right = isinstance(data, LoginPassword) and data == LoginPassword(user.encode(), password.encode())
            # Not handled: the server itself answers 535.
            return AuthResult(success=is_right, handled=False)

        chosen.update(authenticator=check, auth_required=True, auth_require_tls=False)
    return chosen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--refuse", action="append", default=[], type=refusal)
    parser.add_argument("--user")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    arguments = parser.parse_args()
    receiver = Receiver(arguments.file, dict(arguments.refuse))
    server = Server(receiver, hostname="127.0.0.1", port=arguments.port, options=options(arguments))
    # Port 0 needs the socket's own answer, which Controller.start() would look for before it is known.
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    listening = asyncio.run_coroutine_threadsafe(
        loop.create_server(server.factory, "127.0.0.1", arguments.port), loop
    ).result(10)
    print("PORT", listening.sockets[0].getsockname()[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
