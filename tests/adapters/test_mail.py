"""Real conversations with a mail server, and what becomes of a delivery in each."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from realestate.adapters import mail
from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.errors import Undeliverable
from realestate.models.deliveries import Purpose
from realestate.services import deliveries
from realestate.services.deliveries.sending import AT_ONCE
from tests.factories import make_customer
from tests.post import Server, forget_what_is_due, let_wait_be_over, plain, rows_of, serving

pytestmark = pytest.mark.anyio

UNVERIFY = text("UPDATE users SET is_verified = false WHERE id = :id")
EMPTY = EmailMessage()
EMPTY["To"] = "asha@example.com"


@pytest.fixture
async def asha(client, monkeypatch, tmp_path):
    """A customer who shall confirm her address; what others wait for is out of the way."""
    monkeypatch.setattr(settings, "data_dir", tmp_path)
    await forget_what_is_due()
    person = await make_customer()
    async with transaction(WORKER) as session:
        await deliveries.post(session, Purpose.verify_email, user_id=person.user_id)
    async with transaction(WORKER) as session:
        await session.execute(UNVERIFY, {"id": person.user_id})
    return person


async def deliver(monkeypatch, server, **how):
    async with serving(server, **how) as port:
        monkeypatch.setattr(settings, "smtp_url", f"smtp://127.0.0.1:{port}")
        return await deliveries.deliver_due()


async def test_a_mail_is_taken(asha, monkeypatch):
    server = Server()
    assert await deliver(monkeypatch, server) == 1
    (taken,) = server.taken
    assert (taken.to, taken.sender) == ([asha.email], "no-reply@localhost")
    assert taken.message["From"] == "Real estate platform <no-reply@localhost>"
    assert taken.message["Subject"] == "Please confirm your e-mail address"
    assert "Asha" not in plain(taken.message), "nobody has confirmed yet that the address is hers"
    assert await rows_of(asha.email) == [("sent", None, 1, None)]


async def test_not_now_is_tried_again_and_not_before_its_time(asha, monkeypatch):
    server = Server("451 4.3.0 come back later")
    assert await deliver(monkeypatch, server) == 0
    assert await rows_of(asha.email, "state, last_error, next_try_at > now() + interval '50 seconds'") == [
        ("queued", "451 4.3.0 come back later", True)
    ]
    assert await deliver(monkeypatch, server) == 0, "not yet"
    await let_wait_be_over()
    assert await deliver(monkeypatch, server) == 1
    assert await rows_of(asha.email) == [("sent", None, 2, None)]


async def test_never_is_not_tried_again(asha, monkeypatch):
    server = Server("550 5.1.1 nobody\r\n here")
    assert await deliver(monkeypatch, server) == 0
    ((state, why, attempts, _),) = await rows_of(asha.email)
    assert (state, attempts) == ("failed", 1) and why.startswith("550 5.1.1 nobody")
    await let_wait_be_over()
    assert await deliver(monkeypatch, server) == 0 and server.taken == []


async def test_after_eight_tries_it_has_failed(asha, monkeypatch):
    server = Server(*["421 busy"] * 20)
    for _ in range(9):
        await let_wait_be_over()
        await deliver(monkeypatch, server)
    assert [row[0:3] for row in await rows_of(asha.email)] == [("failed", "421 busy", 8)]


async def test_a_line_cut_after_the_data_brings_the_same_mail_again(asha, monkeypatch):
    server = Server(None)
    assert await deliver(monkeypatch, server) == 0
    ((state, why, *_),) = await rows_of(asha.email)
    assert state == "queued" and why.startswith("the mail server is away")
    await let_wait_be_over()
    assert await deliver(monkeypatch, server) == 1
    first, again = [taken.message for taken in server.taken]
    assert first["Message-ID"] == again["Message-ID"]
    assert plain(first) == plain(again), "with the same code in it"


async def test_a_crash_between_the_servers_yes_and_our_commit_loses_nothing(asha, monkeypatch):
    server = Server()

    async def crash(*_):
        raise SystemError

    with monkeypatch.context() as patch:
        patch.setattr("realestate.crud.deliveries.settle", crash)
        with pytest.raises(SystemError):
            await deliver(monkeypatch, server)
    assert await deliver(monkeypatch, server) == 0, "somebody may still be at it"
    await let_wait_be_over()
    assert await deliver(monkeypatch, server) == 1
    assert len({taken.message["Message-ID"] for taken in server.taken}) == 1 and len(server.taken) == 2


class Slow(Server):
    """Takes mails in at its door and lets everybody wait there."""

    def __init__(self):
        super().__init__()
        self.inside, self.full = 0, asyncio.Event()

    async def handle_DATA(self, server, session, envelope):
        self.inside += 1
        if self.inside == AT_ONCE:
            self.full.set()
        await asyncio.Event().wait()


async def test_who_is_asked_to_end_gives_back_what_it_has_not_begun_with(asha, monkeypatch):
    for _ in range(3):
        async with transaction(WORKER) as session:
            await deliveries.post(session, Purpose.verify_email, user_id=asha.user_id)
    slow, rows = Slow(), "attempts, next_try_at <= now(), next_try_at < now() + interval '3 minutes'"
    async with serving(slow) as port:
        monkeypatch.setattr(settings, "smtp_url", f"smtp://127.0.0.1:{port}")
        sending = asyncio.create_task(deliveries.deliver_due())
        async with asyncio.timeout(10):
            await slow.full.wait()
        assert await rows_of(asha.email, rows) == [(1, False, True)] * 4, "claimed, not for long"
        sending.cancel()
        async with asyncio.timeout(5):  # as long as jobs have; the server's goodbye is not waited for
            with pytest.raises(asyncio.CancelledError):
                await sending
    assert sorted(await rows_of(asha.email, rows)) == [(0, True, True)] * 2 + [(1, False, True)] * 2
    server = Server()
    assert await deliver(monkeypatch, server) == 2
    await let_wait_be_over()
    assert await deliver(monkeypatch, server) == 2, "what had been begun with comes again when the claim is over"


async def test_a_server_that_is_away_is_asked_again_later(asha, monkeypatch):
    async with serving(Server()) as port:
        pass
    monkeypatch.setattr(settings, "smtp_url", f"smtp://127.0.0.1:{port}")
    assert await deliveries.deliver_due() == 0
    assert [row[0] for row in await rows_of(asha.email)] == ["queued"]


async def test_while_the_server_is_away_only_the_first_are_tried_and_the_others_wait(asha, monkeypatch):
    for _ in range(3):
        async with transaction(WORKER) as session:
            await deliveries.post(session, Purpose.verify_email, user_id=asha.user_id)
    async with serving(Server()) as port:
        pass
    monkeypatch.setattr(settings, "smtp_url", f"smtp://127.0.0.1:{port}")
    assert await deliveries.deliver_due() == 0
    rows = await rows_of(asha.email, "state, attempts, next_try_at BETWEEN now() AND now() + interval '1 minute'")
    assert len(rows) == 4 and {(state, soon) for state, _, soon in rows} == {("queued", True)}
    assert 1 <= sum(attempts for _, attempts, _ in rows) <= 2


async def test_a_server_without_a_good_certificate_gets_nothing(asha, monkeypatch, tmp_path):
    server = Server()
    assert await deliver(monkeypatch, server, tls_context=self_signed(tmp_path)) == 0
    assert server.taken == [] and [row[0] for row in await rows_of(asha.email)] == ["queued"]


async def test_starttls_is_used_where_it_is_offered(asha, monkeypatch, tmp_path):
    server, context = Server(), self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    assert await deliver(monkeypatch, server, tls_context=context, require_starttls=True) == 1


async def test_a_password_does_not_travel_in_the_open(asha, monkeypatch):
    """From a server elsewhere that offers no STARTTLS."""
    monkeypatch.setattr(mail, "_is_here", lambda host: False)
    async with serving(Server(), auth_require_tls=False, authenticator=lambda *_: pytest.fail("it did")) as port:
        monkeypatch.setattr(settings, "smtp_url", f"smtp://user:secret@127.0.0.1:{port}")
        with pytest.raises(Undeliverable) as refused:
            await mail.send(EMPTY)
    assert "secret" not in str(refused.value)


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).add_extension(address, False)
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain_key = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(plain_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
