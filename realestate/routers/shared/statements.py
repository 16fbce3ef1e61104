"""Statements of account, for both parties: the same figures as JSON, as CSV and on paper."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Header, Response

from realestate.database import Identity
from realestate.dependencies import BuilderSession, PartyReader, Reader, asked
from realestate.dependencies.guards import may
from realestate.models.accounts import Permission
from realestate.papers.statements import draw_statement
from realestate.problems import problems
from realestate.routers.printing import PDF, Pdf, printed
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.papers import PaperBooking
from realestate.schemas.statements import Statement, StatementBasis, StatementQuestion
from realestate.services import statements
from realestate.views.statements import STATEMENT

router = Router(prefix="/api/bookings", tags=["statements"])

Period = Annotated[StatementQuestion, asked(StatementQuestion)]


class Csv(Response):
    media_type = "text/csv"


async def _basis(read: Reader, booking_id: int) -> StatementBasis:
    return StatementBasis.model_validate(await read.found(STATEMENT, booking_id))


@router.get("/{booking_id}/statement", response_model=Statement)
async def get_statement(
    booking_id: Id, period: Period, read: PartyReader, accept: Annotated[str, Header()] = "application/json"
) -> Statement | Response:
    """What has been asked for and paid, day by day. `Accept: text/csv` or `application/pdf`, or the endings `.csv` and `.pdf`, say the same."""
    if "application/pdf" in accept:
        return await get_statement_pdf(booking_id, period, read)
    if "text/csv" in accept:
        return await get_statement_csv(booking_id, period, read)
    return statements.compose(await _basis(read, booking_id), datetime.now(UTC), period.since)


@router.post("/{booking_id}/statement/close", response_model=Statement, responses=problems(409))
async def close_statement(booking_id: Id, _: Annotated[Identity, may(Permission.payments_record)], session: BuilderSession) -> Statement:
    """Charge the interest that has accrued until today on what is paid late; a month that has ended is closed by itself. Repeatable."""
    return await statements.close(session, booking_id)


@router.get("/{booking_id}/statement.json", response_model=Statement)
async def get_statement_json(booking_id: Id, period: Period, read: PartyReader) -> Statement:
    """The same as JSON, whatever `Accept` says."""
    return statements.compose(await _basis(read, booking_id), datetime.now(UTC), period.since)


@router.get("/{booking_id}/statement.csv", response_class=Csv)
async def get_statement_csv(booking_id: Id, period: Period, read: PartyReader) -> Response:
    """The same for a spreadsheet."""
    said = statements.as_csv(statements.compose(await _basis(read, booking_id), datetime.now(UTC), period.since))
    return Csv(said, headers={"Content-Disposition": f"attachment; filename=statement-{booking_id}.csv"})


@router.get("/{booking_id}/statement.pdf", response_class=Pdf, responses=PDF)
async def get_statement_pdf(booking_id: Id, period: Period, read: PartyReader) -> Response:
    """The same on paper."""
    basis = await _basis(read, booking_id)
    statement = statements.compose(basis, datetime.now(UTC), period.since)
    booking = basis.model_dump(
        include={"booking_number", "currency", "unit", "customer"}, exclude={"unit": {"project": {"rules", "jurisdiction"}}}
    )
    return await printed(draw_statement, (statement, PaperBooking.model_validate(booking)), f"{statement.booking_number}.pdf")
