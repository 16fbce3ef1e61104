"""Escrow accounts of projects: how they stand, what has moved them, and withdrawals. Who asks for one does not approve it."""

from typing import Annotated

from fastapi import Header, Response

from realestate.dependencies import BuilderReader, BuilderSession, Reader, answer, asked
from realestate.dependencies.guards import Approver, Cashier
from realestate.errors import NotFound
from realestate.problems import problems
from realestate.routers.shared.statements import Csv
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.escrow import (
    EscrowAccount,
    EscrowQuestion,
    EscrowStatement,
    WithdrawalCreate,
    WithdrawalOut,
    WithdrawalPage,
    WithdrawalRejection,
    WithdrawalSearch,
)
from realestate.services import escrow
from realestate.views.escrow import ACCOUNT, STATEMENT, WITHDRAWAL, WITHDRAWALS

router = Router(prefix="/api", tags=["escrow"])

SITE = "/builder/projects/{project_id}/escrow"
ONE = "/escrow-withdrawals/{withdrawal_id}"
Period = Annotated[EscrowQuestion, asked(EscrowQuestion)]


@router.get(SITE, response_model=EscrowAccount)
async def get_escrow(project_id: Id, _: Cashier, read: BuilderReader) -> Response:
    """How the project's escrow account stands, and how much of it may be withdrawn now."""
    return await read.summary(ACCOUNT, project_id=project_id)


@router.get(SITE + "/statement", response_model=EscrowStatement)
async def get_escrow_statement(
    project_id: Id, period: Period, _: Cashier, read: BuilderReader, accept: Annotated[str, Header()] = "application/json"
) -> Response:
    """Every receipt's part, what of it went back, and every withdrawal. `Accept: text/csv`, or the ending `.csv`, says the same."""
    if "text/csv" in accept:
        return await _as_csv(read, project_id, period)
    return await read.summary(STATEMENT, project_id=project_id, since=period.since)


@router.get(SITE + "/statement.csv", response_class=Csv)
async def get_escrow_statement_csv(project_id: Id, period: Period, _: Cashier, read: BuilderReader) -> Response:
    """The same for a spreadsheet."""
    return await _as_csv(read, project_id, period)


@router.get(SITE + "/withdrawals", response_model=WithdrawalPage)
async def list_escrow_withdrawals(
    project_id: Id, search: Annotated[WithdrawalSearch, asked(WithdrawalSearch)], _: Cashier, read: BuilderReader
) -> Response:
    """What was asked for, the newest first; `status=pending` waits for an approval."""
    return await read.page(WITHDRAWALS, search, project_id=project_id)


@router.post(SITE + "/withdrawals", response_model=WithdrawalOut, status_code=201, responses=problems(409))
async def create_escrow_withdrawal(project_id: Id, said: WithdrawalCreate, member: Cashier, session: BuilderSession) -> Response:
    """Ask to draw on the account, with the certificates of engineer, architect and accountant: pending until somebody else agrees. 409
    `EXCEEDS_ESCROW`, with `withdrawable`, for more than the certified work allows."""
    withdrawal = await escrow.ask(session, member, project_id, said)
    return await answer(session, WITHDRAWAL, withdrawal.id, 201)


@router.get(ONE, response_model=WithdrawalOut)
async def get_escrow_withdrawal(withdrawal_id: Id, _: Cashier, read: BuilderReader) -> Response:
    """One withdrawal."""
    return await read.one(WITHDRAWAL, withdrawal_id)


@router.post(ONE + "/approval", response_model=WithdrawalOut, responses=problems(409))
async def approve_escrow_withdrawal(withdrawal_id: Id, member: Approver, session: BuilderSession) -> Response:
    """Agree to what somebody else has asked for; 403 `MAKER_IS_CHECKER` to one's own. From now on it is withdrawn, for good."""
    await escrow.approve(session, member, withdrawal_id)
    return await answer(session, WITHDRAWAL, withdrawal_id)


@router.post(ONE + "/rejection", response_model=WithdrawalOut, responses=problems(409))
async def reject_escrow_withdrawal(withdrawal_id: Id, said: WithdrawalRejection, member: Approver, session: BuilderSession) -> Response:
    """It stays in the account."""
    await escrow.reject(session, member, withdrawal_id, said.reason)
    return await answer(session, WITHDRAWAL, withdrawal_id)


async def _as_csv(read: Reader, project_id: int, period: EscrowQuestion) -> Response:
    found = await read.data(STATEMENT.query, project_id=project_id, since=period.since)
    if found is None:
        raise NotFound
    said = escrow.as_csv(EscrowStatement.model_validate(found))
    return Csv(said, headers={"Content-Disposition": f"attachment; filename=escrow-{project_id}.csv"})
