"""What papers are drawn of, without a database: ordinary, or as bad as the schemas allow."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

from realestate.models.bookings import PaymentPlan
from realestate.papers.agreements import Paper
from realestate.papers.quotes import QuotePaper
from realestate.schemas.agreements import AgreementTerms, SignatureOfAgreement
from realestate.schemas.allotments import AllotmentLetter
from realestate.schemas.cancellations import CancellationQuote, SettlementOnPaper
from realestate.schemas.handovers import HandoverBasis
from realestate.schemas.papers import DemandBasis, PaperBooking, ReceiptBasis
from realestate.schemas.statements import Statement
from realestate.services import units

LONGEST, MOST = 200, D(10**13)
WORST = "W" * LONGEST
"""One line without a place to break it."""
HINDI, ARABIC, TAMIL = "अनन्या क्षत्रिय शर्मा", "محمد بن راشد آل مكتوم", "இராமன் சுப்பிரமணியன்"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
TRIGGERS = ("on_booking", "on_agreement", "on_milestone", "on_date", "on_possession", "manual")


def person(name="Asha Rao", address="14 Lake View Road, Mumbai 400050"):
    return {"full_name": name, "address": address, "phone": "+919876543210", "email": "asha.rao@example.com"}


def builder(name="Ashoka Homes"):
    return {"company_name": name, "license_number": "LIC-2031", "rera_number": "P521", "address": "FC Road, Pune", "phone": "+912025530000"}


def terms(lines=8, names=("Asha Rao",), word="Ashoka Residency", currency="INR", amount=D("937500.01")):
    """Terms of so many lines; `word` stands wherever somebody may choose one."""
    project = {"project_name": word, "location": word, "location_zipcode": "411004", "rera_number": word, "timezone": "Asia/Kolkata"}
    project["builder"] = builder(word) | {"full_name": word}
    unit = {"tower": "A", "unit_number": word, "unit_type": "3BHK", "floor_number": 12, "facing": "north_east", "area_sqft": 910.5}
    unit |= {"built_up_area": 1100, "super_area": 1300, "area_unit": "sqft", "parking_spaces": 2, "project": project}
    trigger = {"due_in_days": 15, "phase_key": word.lower().replace(" ", "_"), "threshold_pct": 50}
    schedule = [
        {"seq": n, "name": f"{word} {n}", "amount": amount, "trigger": trigger | {"trigger": TRIGGERS[n % 6]}, "due_date": NOON.date()}
        for n in range(1, lines + 1)
    ]
    said = {
        "booking_number": "BK-000012",
        "booking_date": NOON,
        "confirmed_at": NOON,
        "promised_possession_date": date(2028, 3, 31),
        "payment_plan": "custom",
        "currency": currency,
        "total_amount": amount * lines,
        "unit": unit,
        "schedule": schedule,
        "cost_sheet": {"lines": [{"code": "base", "name": word, "amount": amount * lines}], "total": amount * lines},
        "parties": [
            {"role": "co_applicant" if n else "owner", "share": 10**6 // len(names), "customer": person(name, word)}
            for n, name in enumerate(names)
        ],
    }
    return AgreementTerms.model_validate(said)


def signature(name, role, minute=0):
    return SignatureOfAgreement(full_name=name, role=role, content_hash=DIGEST, signed_at=NOON.replace(minute=minute))


def agreement(said, *signatures):
    return Paper("AG-000012", 2, not signatures, NOON.date() if signatures else None, DIGEST, said, False, signatures)


def booking(word="Ashoka Residency", currency="INR", name="Asha Rao"):
    project = {"project_name": word, "location": word, "rera_number": word, "timezone": "Asia/Kolkata", "builder": builder(word)}
    unit = {"tower": word, "unit_number": word, "project": project}
    return {"booking_number": "BK-000012", "currency": currency, "customer": person(name, word), "unit": unit}


def receipt(word="On booking", amount=D(300000), lines=2, currency="INR", **more):
    part = {"principal": amount // (lines + 1), "tax": D(0), "interest": D(0), "line": {"name": word, "demand_no": "D-2026-27-00007"}}
    said = {
        "kind": "receipt",
        "payment_status": "completed",
        "receipt_no": "R-2026-27-00042",
        "amount": amount,
        "payment_method": "upi",
        "payment_date": NOON.date(),
        "transaction_id": word,
        "cleared_at": NOON,
        "reason": word,
        "allocations": [part] * lines,
        "booking": booking(word, currency),
    }
    return ReceiptBasis.model_validate(said | more)


def notice(word="Foundation", amount=D(300000), currency="INR"):
    proof = {"progress_id": 1, "phase_key": "foundation", "phase_name": word, "threshold_pct": 100, "percentage": 100.0}
    proof |= {"certified_at": NOON, "certified_by": word, "photos": []}
    said = {
        "name": word,
        "amount": amount,
        "tax_amount": amount,
        "paid_amount": amount,
        "outstanding": amount,
        "status": "demanded",
        "due_date": NOON.date(),
        "demanded_at": NOON,
        "demand_no": "D-2026-27-00007",
        "proof": proof,
        "booking": booking(word, currency),
    }
    return DemandBasis.model_validate(said)


def statement(entries=70, word="Received", amount=D("1000000.01"), currency="INR"):
    entry = {"date": NOON.date(), "description": word, "reference": word, "debit": amount, "credit": amount, "balance": -amount}
    sums = dict.fromkeys(
        ("opening_balance", "total_debits", "total_credits", "closing_balance", "interest_accrued", "builder_interest_accrued"), amount
    )
    said = {"booking_number": "BK-000012", "currency": currency, "as_of": NOON.date(), "entries": [entry] * entries} | sums
    return Statement.model_validate(said), PaperBooking.model_validate(booking(word, currency))


def settlement(word="10 % of the price", amount=D(1000000), currency="INR", is_settled=True, receipts=2):
    """What leaving comes to, with its receipts and, once settled, a refund of the last one."""
    items = ("paid_cleared", "retention", "non_refundable_taxes", "pass_through_spent", "interest_due", "other_charges", "tax_credits")
    said = dict.fromkeys((*items, "builder_interest_owed", "refundable", "pass_through_most"), amount)
    said |= {"cause": "buyer_request", "retention_rule": word, "refund_due_by": NOON.date()}
    facts = {
        "booking_id": 12,
        "currency": currency,
        "price": amount,
        "is_settled": is_settled,
        "cooling_off_until": NOON,
        "is_agreed": True,
    }
    quote = CancellationQuote.model_validate(said | facts | {"policy_source": word * 9})
    money = {
        "payment_type": "token",
        "payment_method": "upi",
        "amount": amount,
        "payment_date": NOON.date(),
        "cleared_at": NOON,
        "status": "completed",
        "allocations": [],
    }
    came = [money | {"id": n, "kind": "receipt", "receipt_no": "R-2026-27-00042", "refund_of_id": None} for n in range(1, receipts + 1)]
    back = money | {"id": receipts + 1, "kind": "refund", "status": "pending", "receipt_no": None, "refund_of_id": receipts}
    paper = booking(word, currency)
    paper["unit"]["project"] |= {"jurisdiction": "in_rera", "overall_progress": D(40), "rules": {}}
    basis = paper | {
        "id": 12,
        "customer_id": 3,
        "status": "cancelled",
        "total_amount": amount,
        "cooling_off_until": NOON,
        "installments": [],
        "cancellation": {"reason": word},
        "cancellation_cause": "buyer_request",
        "policies": [],
        "read_at": NOON,
        "interest_terms": {},
        "policy_terms": {},
        "cost_sheet": {},
        "payments": [*came, back],
    }
    return quote, SettlementOnPaper.model_validate(basis), NOON.date()


def letter(lines=8, names=("Asha Rao",), word="Ashoka Residency", currency="INR", amount=D("937500.01")):
    """A letter of allotment with taxes, and something to be paid beside the plan."""
    said = terms(lines, names, word, currency, amount).model_dump()
    said["cost_sheet"]["outside_plan"] = [{"code": "fee", "name": word, "amount": amount}]
    said["schedule"] = [line | {"tax_amount": amount, "due_date": NOON.date() if line["seq"] % 3 else None} for line in said["schedule"]]
    said |= {"allotment_no": "AL-000012", "cooling_off_until": NOON + timedelta(days=15), "token_amount": amount}
    return AllotmentLetter.model_validate({"number": "AL-000012", "content_hash": DIGEST, "issued_at": NOON, "terms": said})


def handover(word="A scratch", amount=D(0), currency="INR", snags=2):
    snag = {"title": word, "is_blocking": True, "status": "mended", "response": word}
    sums = dict.fromkeys(("total_amount", "paid_amount", "pending_amount"), amount)
    steps = dict.fromkeys(("possession_offered_at", "acknowledged_at", "handed_over_at"), NOON)
    said = booking(word, currency) | sums | steps | {"handover_checklist": {"keys": True, word: False}, "snags": [snag] * snags}
    return HandoverBasis.model_validate(said), NOON.date()


def quoted(word="Ashoka Residency", amount=D("7500000.01"), currency="INR", plan=None) -> QuotePaper:
    """A quote of every plan, or of one, of a unit whose structure stands; its price has taxes, a discount and something beside it."""
    project = {"project_name": word, "location": word, "location_zipcode": "411004", "rera_number": word, "timezone": "Asia/Kolkata"}
    project |= {"builder": builder(word), "currency": currency, "jurisdiction": "in_rera", "rules": {}, "payment_plans": {}}
    flags = {"in_plan": True, "pass_through": False, "refundable": False, "taxable": False, "percent": None}
    tax = amount // 20
    lines = [
        flags | {"code": "base", "name": word, "amount": amount - tax + 1, "taxable": True},
        flags | {"code": "discount", "name": word, "amount": D(-1)},
        flags | {"code": "tax", "name": word, "amount": tax, "percent": 5},
        flags | {"code": "fee", "name": word, "amount": amount // 100, "in_plan": False, "pass_through": True},
        flags | {"code": "maintenance_advance", "name": word, "amount": amount // 50, "in_plan": False, "refundable": True},
    ]
    phase = {"phase_key": "structure", "tower": None, "unit_id": None, "certified_percentage": 100, "progress_percentage": 100}
    said = {"id": 41, "project_id": 7, "price": amount, "price_lines": [line | {"amount": float(line["amount"])} for line in lines]}
    said |= {"tower": "A", "unit_number": word, "unit_type": "3BHK", "floor_number": 12, "facing": "north_east", "area_sqft": 910.5}
    said |= {"built_up_area": 1100, "super_area": 1300, "area_unit": "sqft", "parking_spaces": 2, "project": project}
    return units.quote_paper(said | {"now": NOON, "phases": [phase], "hold": None}, plan and PaymentPlan(plan))
