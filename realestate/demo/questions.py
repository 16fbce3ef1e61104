"""Questions of the demo data from the public pages, and what became of them."""

from functools import partial

from realestate.demo.sales import Diary
from realestate.demo.sites import Site
from realestate.schemas.enquiries import EnquiryCreate, EnquiryStep, EnquiryUpdate
from realestate.services import enquiries

ASKED = (  # where, how many days ago, who, how to answer, what, what became of it
    ("Deccan Crest Riverwalk", 1, "Nandini Rao", {"email": "nandini.rao@example.com"}, "Is there a flat that faces the river?", None),
    ("Deccan Crest Riverwalk", 6, "Imran Shaikh", {"phone": "+919876501234"}, "Which banks lend on this project?", EnquiryStep.answer),
    ("Deccan Crest Skyline", 12, "Priya Menon", {"email": "priya.menon@example.com"}, "May we see a sample flat?", EnquiryStep.close),
    ("Palm Meridian Creek Terraces", 3, "Omar Haddad", {"email": "omar.haddad@example.com"}, "What are the service charges?", None),
)


def ask_all(diary: Diary, sites: dict[str, Site]) -> None:
    """The latest are still to be answered."""
    for place, days, name, way, message, step in ASKED:
        said = EnquiryCreate.model_validate({"project_id": sites[place].project.id, "full_name": name, "message": message} | way)
        diary.at(diary.ago(days), partial(_ask, diary, sites[place], said, step))


async def _ask(diary: Diary, site: Site, said: EnquiryCreate, step: EnquiryStep | None) -> None:
    enquiry = await enquiries.keep(diary.session, site.project, said)
    if step:
        await enquiries.change(diary.session, enquiry.id, EnquiryUpdate(step=step))
