"""What builders of the demo data draw on their escrow accounts: once a month ago, and once more, which waits for its approval."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from realestate import crud
from realestate.demo import shapes
from realestate.demo.papers import upload
from realestate.demo.sales import Diary
from realestate.demo.sites import Site
from realestate.models.documents import DocumentKind
from realestate.models.projects import Project
from realestate.schemas.escrow import WithdrawalCreate
from realestate.services import escrow

DAY = timedelta(days=1)
HUNDRED_THOUSAND = Decimal(100_000)


@dataclass
class Drawing:
    """Somebody for the money and somebody to agree."""

    diary: Diary
    site: Site
    withdrawal_id: int = 0

    async def ask(self, part: Decimal, bill: str) -> None:
        """For so much of what the certified work allows, in whole hundred thousands; for nothing where that is none."""
        session, finance = self.diary.session, self.site.team.finance
        project = await session.get_one(Project, self.site.project.id)
        await session.refresh(project, ["certified_progress"])
        amount = await self._allowed(project) * part // HUNDRED_THOUSAND * HUNDRED_THOUSAND
        self.withdrawal_id = 0
        if amount > 0:
            papers = {f"{expert}_document_id": await self._certificate(expert) for expert in ("engineer", "architect", "accountant")}
            said = WithdrawalCreate(amount=amount, purpose=bill, **papers)
            self.withdrawal_id = (await escrow.ask(session, finance, project.id, said)).id

    async def agree(self) -> None:
        if self.withdrawal_id:
            await escrow.approve(self.diary.session, self.site.team.owner, self.withdrawal_id)

    async def _allowed(self, project: Project) -> Decimal:
        collected, withdrawn, asked_for = await crud.escrow.sums(self.diary.session, project.id)
        return escrow.bound(project, collected) - withdrawn - asked_for

    async def _certificate(self, expert: str) -> int:
        seen = (f"CERTIFICATE OF THE {expert.upper()}", self.site.place.name, "In proportion to the work. Specimen.")
        name = f"Escrow certificate, {expert}.jpg"
        return await upload(self.diary.session, self.site.team.finance, shapes.sheet(*seen), name, DocumentKind.approval)


def draw_all(diary: Diary, sites: dict[str, Site]) -> None:
    """Where there are two people for it."""
    for site in sites.values():
        if site.team.finance.user_id != site.team.owner.user_id:
            drawing = Drawing(diary, site)
            diary.at(diary.now - 30 * DAY, partial(drawing.ask, Decimal("0.6"), "Contractor's bill for concrete and steel."))
            diary.at(diary.now - 29 * DAY, drawing.agree)
            diary.at(diary.now - 2 * DAY, partial(drawing.ask, Decimal("0.3"), "Contractor's bill for brickwork and services."))
