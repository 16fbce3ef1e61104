"""The gateway of development: no money moves, all else is as with a real one. It has a page on which people pay (`/api/dev/pay`), keeps what
it knows by itself, in files of the data directory, and tells us of it in signed messages, late, twice or not at all if told so."""

import asyncio
import hmac
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from realestate.adapters.gateways.words import TOLERANCE, Order, Page, Report, What, from_minor, to_minor
from realestate.config import settings
from realestate.errors import Conflict, Malformed, NotFound

HEADER = "gateway-signature"
OPEN_FOR = timedelta(minutes=30)


class Fake:
    name = "fake"

    async def open(self, order: Order) -> Page:
        order_id, until = f"order_{token_hex(12)}", datetime.now(UTC) + OPEN_FOR
        said = {"amount": to_minor(order.amount), "currency": order.currency, "description": order.description}
        await _keep(order_id, said | {"return_url": order.return_url, "until": until.timestamp()})
        return Page(order_id, f"{order.here.rstrip('/')}/api/dev/pay/{order_id}", until)

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report:
        signed_at, _, signature = headers.get(HEADER, "").partition(",v1=")
        moment = int(signed_at[2:]) if signed_at[:2] == "t=" and signed_at[2:].isdecimal() and len(signed_at) < 15 else 0
        if not hmac.compare_digest(_signature(body, moment).encode(), signature.encode()) or abs(time.time() - moment) > TOLERANCE:
            raise Malformed("SIGNATURE_INVALID", "This is not signed by the gateway, or too old.")
        try:
            return _report(json.loads(body))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Malformed("MALFORMED_EVENT", "This is not an event of the gateway.") from None

    async def look(self, order_id: str) -> Report | None:
        order = await _find(order_id)
        end = await _find(f"{order_id}.end") if order else {"what": What.expired}
        if order and end is None and order["until"] < time.time():
            end = {"what": What.expired}
        return _report({"id": f"look:{order_id}:{end['what']}", "order_id": order_id, **(order or {}), **end}) if end else None

    async def give_back(self, payment_id: str, amount: Decimal, currency: str, reference: str) -> Report:
        paid = await _find(f"{payment_id}.payment")
        if paid is None:
            raise Conflict("GATEWAY_REFUSED", "The gateway refuses: it knows no such payment.")
        if to_minor(amount) + await _given_back(payment_id, reference) > paid["amount"]:
            raise Conflict("GATEWAY_REFUSED", "The gateway refuses: this is more than is left of the payment.")
        refund: dict[str, Any] = {
            "id": f"asked_{payment_id}_{reference}",
            "payment_id": payment_id,
            "refund_id": f"refund_{payment_id}_{reference}",
        }
        refund |= {"what": What.other, "amount": to_minor(amount), "currency": currency, "reference": reference}
        if await _keep(f"{refund['refund_id']}.refund", refund):
            send({**refund, "id": f"event_{token_hex(12)}", "what": What.refunded})
        return _report(refund)

    async def look_back(self, refund_id: str) -> Report:
        refund = await _find(f"{refund_id}.refund") or {"what": What.refund_failed, "refund_id": refund_id}
        what = What.refunded if refund["what"] == What.other else What.refund_failed
        return _report({**refund, "id": f"look:{refund_id}:{what}", "what": what})


async def show(order_id: str) -> dict[str, Any]:
    """An order for its page: `end` says what became of it, if anything has. NotFound."""
    order = await _find(order_id)
    if order is None:
        raise NotFound(detail="There is no such order.")
    return order | {"id": order_id, "end": (await _find(f"{order_id}.end")) or {}}


async def pay(order_id: str, charged: Decimal | None = None, *, is_late: bool = False) -> list[dict[str, Any]]:
    """The order is paid, at once or by a transfer that takes its time: what is to be told of it. Conflict when it has come to an end.

    `charged` is what is taken instead of what was asked for: real gateways have done that.
    """
    order = await _live(order_id)
    paid = {"order_id": order_id, "payment_id": f"pay_{order_id}", "amount": to_minor(charged) if charged else order["amount"]}
    paid |= {"currency": order["currency"], "what": What.paid}
    if not await _keep(f"{order_id}.end", paid):
        raise _over()
    await _keep(f"{paid['payment_id']}.payment", paid)
    return [_event(paid | {"what": what}) for what in ([What.processing, What.paid] if is_late else [What.paid])]


async def decline(order_id: str) -> dict[str, Any]:
    """An attempt fails; another may succeed."""
    order = await _live(order_id)
    return _event({"order_id": order_id, "what": What.failed, "currency": order["currency"], "reason": "The card was declined."})


async def close(order_id: str) -> dict[str, Any]:
    """The customer does not want to pay."""
    await _live(order_id)
    if not await _keep(f"{order_id}.end", {"order_id": order_id, "what": What.expired}):
        raise _over()
    return _event({"order_id": order_id, "what": What.expired})


def sign(body: bytes) -> dict[str, str]:
    """The headers of a message that is sent now."""
    now = int(time.time())
    return {HEADER: f"t={now},v1={_signature(body, now)}"}


def send(event: Mapping[str, Any], after: float = 0.0, copies: int = 1) -> None:
    """Have it told in so many seconds, so many times: whoever asks for what is `due` brings it."""
    body = json.dumps(event).encode()
    for _ in range(copies):
        path = _path(f"{time.time_ns() // 1000 + int(after * 1_000_000):020}-{token_hex(4)}.message")
        path.with_suffix(".draft").write_bytes(body)
        path.with_suffix(".draft").rename(path)  # nobody reads half of one


def due() -> list[tuple[Path, bytes]]:
    """What is to be told by now, the oldest first. To be unlinked once it has been."""
    now = f"{time.time_ns() // 1000:020}-~"
    found = []
    for path in sorted(path for path in _folder().glob("*.message") if path.name < now):
        with suppress(FileNotFoundError):  # another worker has brought it
            found.append((path, path.read_bytes()))
    return found


async def _given_back(payment_id: str, reference: str) -> int:
    """Of a payment, by other refunds than this one."""
    found = await asyncio.to_thread(lambda: [json.loads(path.read_bytes()) for path in _folder().glob(f"refund_{payment_id}_*.json")])
    return sum(one["amount"] for one in found if one["reference"] != reference)


def _event(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": f"event_{token_hex(12)}", **said}


def _report(said: dict[str, Any]) -> Report:
    names = ("order_id", "payment_id", "refund_id", "reference", "currency", "reason")
    return Report(said["id"], What(said["what"]), amount=from_minor(said.get("amount")), **{name: said.get(name) for name in names})


def _signature(body: bytes, moment: int) -> str:
    key = hmac.digest(settings.key, b"realestate fake gateway", "sha256")
    return hmac.new(key, f"{moment}.".encode() + body, sha256).hexdigest()


async def _live(order_id: str) -> dict[str, Any]:
    order = await show(order_id)
    if order["end"] or order["until"] < time.time():
        raise _over()
    return order


def _over() -> Conflict:
    return Conflict("ORDER_CLOSED", "This order has been paid, or has come to an end.")


def _folder() -> Path:
    folder = settings.data_dir / "gateway"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(name: str) -> Path:
    return _folder() / name


async def _keep(name: str, said: Mapping[str, Any]) -> bool:
    """False when it is there already: of two at once, one is the first."""

    def write() -> bool:
        with suppress(FileExistsError), _path(f"{name}.json").open("x") as file:
            json.dump(said, file)
            return True
        return False

    return await asyncio.to_thread(write)


async def _find(name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(await asyncio.to_thread(_path(f"{name}.json").read_text))
    except (FileNotFoundError, ValueError):  # ValueError: it is just being written
        return None
    return found
