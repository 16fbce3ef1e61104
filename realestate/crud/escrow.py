"""Escrow accounts in the database."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.base import Money
from realestate.models.documents import Document, Side
from realestate.models.escrow import EscrowEntry, EscrowKind, EscrowWithdrawal, WithdrawalStatus


async def peek(session: AsyncSession, withdrawal_id: int) -> EscrowWithdrawal:
    """Not locked: for its project, which never changes."""
    withdrawal = await session.get(EscrowWithdrawal, withdrawal_id)
    if withdrawal is None:
        raise NotFound
    return withdrawal


async def get(session: AsyncSession, withdrawal_id: int) -> EscrowWithdrawal:
    """Locked. Lock its project first."""
    locked = select(EscrowWithdrawal).where(EscrowWithdrawal.id == withdrawal_id).with_for_update()
    return (await session.scalars(locked.execution_options(populate_existing=True))).one()


async def papers_of(session: AsyncSession, project_id: int, ids: Collection[int]) -> set[int]:
    """Those of the documents that the team has put beside this project."""
    found = select(Document.id).where(Document.id.in_(ids), Document.project_id == project_id, Document.side == Side.builder)
    return set(await session.scalars(found))


async def sums(session: AsyncSession, project_id: int) -> tuple[Decimal, Decimal, Decimal]:
    """Of a project: what lies or lay in the account, what of it has been withdrawn, what others ask to withdraw."""
    is_withdrawn = EscrowEntry.kind == EscrowKind.withdrawn
    entries = select(
        func.coalesce(func.sum(case((is_withdrawn, 0), else_=EscrowEntry.amount)), 0, type_=Money()),
        func.coalesce(func.sum(case((is_withdrawn, -EscrowEntry.amount), else_=0)), 0, type_=Money()),
    ).where(EscrowEntry.project_id == project_id)
    asked = select(func.coalesce(func.sum(EscrowWithdrawal.amount), 0, type_=Money())).where(
        EscrowWithdrawal.project_id == project_id, EscrowWithdrawal.status == WithdrawalStatus.pending
    )
    collected, withdrawn = (await session.execute(entries)).one()
    return collected, withdrawn, (await session.scalars(asked)).one()
