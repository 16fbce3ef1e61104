"""Questions from the public pages: kept for the company's team, which is told."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system, transaction
from realestate.errors import Invalid, NotFound
from realestate.models.enquiries import Enquiry
from realestate.models.notifications import Event
from realestate.models.projects import Project
from realestate.schemas.enquiries import EnquiryCreate, EnquiryUpdate
from realestate.services import accounts, audit
from realestate.services.notifications import notify


async def receive(by: Identity, said: EnquiryCreate, client: accounts.Client) -> None:
    """About what its sender can see: NotFound otherwise. TooMany when this client has asked often enough; counted whatever becomes of it."""
    await accounts.try_enquiry(client)
    async with transaction(by) as session:
        project = await crud.projects.get(session, said.project_id)
        if said.unit_id is not None and (await crud.units.get(session, said.unit_id)).project_id != project.id:
            raise NotFound(detail="There is no such unit in this project.")
        async with as_system(session):  # who has asked reads nothing of it afterwards
            await keep(session, project, said)


async def keep(session: AsyncSession, project: Project, said: EnquiryCreate) -> Enquiry:
    """Write it down and tell the sellers. Speak as the system."""
    enquiry = Enquiry(builder_id=project.builder_id, **said.model_dump())
    session.add(enquiry)
    await session.flush()
    notify(session, Event.enquiry_received, enquiry, name=said.full_name, project=project.project_name)
    return enquiry


async def change(session: AsyncSession, enquiry_id: int, said: EnquiryUpdate) -> Enquiry:
    """What became of it, and who looks after it."""
    enquiry = await crud.enquiries.get(session, enquiry_id)
    if said.step:
        enquiry.take(said.step.value)
    if "assigned_to" in said.model_fields_set and said.assigned_to != enquiry.assigned_to:
        if said.assigned_to is not None and not (await crud.team.get(session, said.assigned_to)).is_active:
            raise Invalid.field("assigned_to", "This member has left the team.", "NOT_ACTIVE")
        enquiry.assigned_to = said.assigned_to
    await session.flush()
    audit.record(session, "enquiry.changed", enquiry, status=enquiry.status.value, assigned_to=enquiry.assigned_to)
    return enquiry
