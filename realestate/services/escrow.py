"""Withdrawals from escrow accounts: asked for with three certificates by one, agreed to by another.

What lies in an account follows from the receipts by triggers (`tenancy.escrow`); so does the bound, which is checked there once more.
"""

import csv
import io
from decimal import ROUND_FLOOR, Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Forbidden
from realestate.models.documents import Audience, DocumentSubject
from realestate.models.escrow import EscrowWithdrawal
from realestate.models.money import CENT
from realestate.models.notifications import Event
from realestate.models.projects import Project
from realestate.schemas.escrow import EscrowStatement, WithdrawalCreate
from realestate.services import documents
from realestate.services.documents import Place
from realestate.services.notifications import notify
from realestate.services.statements import text_cell


async def ask(session: AsyncSession, member: Identity, project_id: int, said: WithdrawalCreate) -> EscrowWithdrawal:
    """Pending until somebody else agrees, and counted from now on. Conflict EXCEEDS_ESCROW, with `withdrawable`, for more than the certified
    work allows; NotFound, or Conflict DOCUMENT_ATTACHED, for a certificate that is neither a draft nor one of the project's documents."""
    project = await crud.projects.pin(session, project_id)
    withdrawal = EscrowWithdrawal(
        builder_id=project.builder_id,
        project_id=project.id,
        currency=project.currency,
        created_by=member.me,
        **said.model_dump(),
    )
    collected, withdrawn, asked_for = await crud.escrow.sums(session, project.id)
    left = max(Decimal(0), bound(project, collected) - withdrawn - asked_for)
    if said.amount > left:
        work = f"With {project.certified_progress} % of the work certified, {project.currency} {left:,.2f}"
        raise Conflict("EXCEEDS_ESCROW", f"{work} may be withdrawn now.", withdrawable=left)
    papers = {*withdrawal.certificates.values()}
    if drafts := papers - await crud.escrow.papers_of(session, project.id, papers):
        place = Place(DocumentSubject.project, project.id, project.builder_id, project.id, Audience.team)
        await documents.attach(session, member, drafts, place)
    session.add(withdrawal)
    await session.flush()
    notify(session, Event.escrow_requested, withdrawal, **_facts(project, withdrawal))
    return withdrawal


async def approve(session: AsyncSession, member: Identity, withdrawal_id: int) -> EscrowWithdrawal:
    """By somebody else than who asked for it: Forbidden MAKER_IS_CHECKER. Conflict EXCEEDS_ESCROW when it does not fit any more."""
    project, withdrawal = await _fetch(session, withdrawal_id)
    withdrawal.may("approve")
    if member.me == withdrawal.created_by:
        raise Forbidden("MAKER_IS_CHECKER", "Somebody else has to decide on what you have asked for.")
    withdrawal.decide("approve", member.me, await crud.clock.now(session))
    await session.flush()
    notify(session, Event.escrow_withdrawn, withdrawal, **_facts(project, withdrawal))
    return withdrawal


async def reject(session: AsyncSession, member: Identity, withdrawal_id: int, reason: str) -> EscrowWithdrawal:
    """Who asked for it may also take it back so."""
    project, withdrawal = await _fetch(session, withdrawal_id)
    withdrawal.decide("reject", member.me, await crud.clock.now(session), reason)
    await session.flush()
    notify(session, Event.escrow_rejected, withdrawal, **_facts(project, withdrawal), reason=reason)
    return withdrawal


def as_csv(statement: EscrowStatement) -> str:
    """The same, for a spreadsheet: amounts are plain numbers, texts are no formulas."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["date", "kind", "booking", "receipt", "reference", "percent", "amount", "balance"])
    write(["", "opening balance", "", "", "", "", "", statement.opening_balance])
    for entry in statement.entries:
        texts = (text_cell(said or "") for said in (entry.booking_number, entry.receipt_no, entry.reference))
        write([entry.entered_at.isoformat(), entry.kind.value, *texts, entry.percent or "", entry.amount, entry.balance])
    write(["", "closing balance", "", "", "", "", "", statement.closing_balance])
    return out.getvalue()


def bound(project: Project, collected: Decimal) -> Decimal:
    """What may have been withdrawn in all: never more than in proportion."""
    return (collected * project.certified_progress / 100).quantize(CENT, ROUND_FLOOR)


async def _fetch(session: AsyncSession, withdrawal_id: int) -> tuple[Project, EscrowWithdrawal]:
    """Locked in this order."""
    project = await crud.projects.pin(session, (await crud.escrow.peek(session, withdrawal_id)).project_id)
    return project, await crud.escrow.get(session, withdrawal_id)


def _facts(project: Project, withdrawal: EscrowWithdrawal) -> dict[str, str]:
    return {"project": project.project_name, "amount": f"{withdrawal.currency} {withdrawal.amount:,.2f}"}
