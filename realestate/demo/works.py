"""How the building has gone in the demo data: phases reported and certified, and news from each site, in the diary among the sales."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from realestate.demo import shapes
from realestate.demo.papers import upload
from realestate.demo.people import SITE
from realestate.demo.sales import Diary, Verb
from realestate.demo.sites import Site
from realestate.models.documents import DocumentKind
from realestate.models.money import add_months
from realestate.models.progress import ProgressStatus, UpdateAudience, UpdateType
from realestate.models.projects import ProjectStatus
from realestate.models.units import UnitType
from realestate.schemas.progress import Certification, PhaseCreate, PhaseUpdate
from realestate.schemas.updates import UpdateCreate
from realestate.services import progress, updates

DAY = timedelta(days=1)
TOLD = DAY * 45
"""What is older is not in anybody's inbox any more: most buyers came later."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase: its share of the work in percent, and what is written when it is done."""

    key: str
    name: str
    weight: int
    about: str
    done: str


HOUSE = (
    Stage(
        "foundation", "Foundation", 15, "Excavation, piling, raft and basement walls.", "The raft is cast and cured; columns rise from it."
    ),
    Stage(
        "structure",
        "Structure",
        35,
        "Columns, slabs and shear walls, floor by floor.",
        "The last slab is cast. The house has its full height.",
    ),
    Stage(
        "brick_work", "Brickwork and plaster", 15, "Walls, plaster and waterproofing.", "All walls stand and are plastered, inside and out."
    ),
    Stage(
        "services", "Services", 10, "Water, power, fire safety and lifts.", "Water and power run through every shaft; both lifts are hung."
    ),
    Stage(
        "finishing",
        "Finishing",
        20,
        "Floors, doors, windows, kitchens and paint.",
        "Floors are laid, doors are hung, the last coat is dry.",
    ),
    Stage("external_works", "External works", 5, "Roads, garden and club house.", "The garden is planted and the club house open."),
)
LAND = (
    Stage("levelling", "Levelling", 30, "Cutting, filling and compaction.", "All plots lie at their final level."),
    Stage("structure", "Roads and drains", 40, "Concrete roads, storm drains and culverts.", "Trucks drive on concrete from gate to plot."),
    Stage(
        "services", "Power and water", 30, "Substation, mains and hydrants.", "The substation is live and every plot has its connection."
    ),
)
NOTES = (
    "Second shift agreed until the month's end.",
    "Tile vendor changed; invoice to be checked.",
    "Crane inspection is due on the 12th.",
)


@dataclass(frozen=True, slots=True)
class Works:
    """A site and its diary."""

    diary: Diary
    site: Site
    phases: dict[str, int]

    def at(self, moment: datetime, verb: Verb) -> None:
        """On the morning of a day."""
        moment = moment.replace(hour=6, minute=30, second=0, microsecond=0)
        self.diary.at(moment, verb if moment > self.diary.now - TOLD else partial(self._quietly, verb))

    async def _quietly(self, verb: Verb) -> None:
        events = self.diary.session.info["events"]
        count = len(events)
        await verb()
        del events[count:]

    async def plan(self, stage: Stage, order: int, begin: datetime, end: datetime) -> None:
        said = PhaseCreate.model_validate(
            {
                "phase_key": stage.key,
                "phase_name": stage.name,
                "phase_description": stage.about,
                "weight": stage.weight,
                "order": order,
                "start_date": begin.date().isoformat(),
                "expected_end_date": end.date().isoformat(),
            }
        )
        phase = await progress.add(self.diary.session, self.site.team.engineer, self.site.project.id, said)
        self.phases[stage.key] = phase.id

    async def report(self, stage: Stage, percentage: Decimal, status: ProgressStatus | None = None, note: str | None = None) -> None:
        fields = {"progress_percentage": percentage, "contractor_notes": note, "milestone_images": [self.picture(stage.key, 1)]}
        said = PhaseUpdate(**fields | ({"status": status} if status else {}))
        await progress.change(self.diary.session, self.site.team.engineer, self.phases[stage.key], None, said)

    async def certify(self, stage: Stage) -> None:
        seen = (f"CERTIFICATE: {stage.name.upper()}", self.site.place.name, "Inspected on site. Specimen.")
        paper = await self.upload(f"Certificate {stage.key}.jpg", DocumentKind.approval, *seen)
        said = Certification(note="Inspected on site.", document_ids=paper)
        await progress.certify(self.diary.session, self.site.team.engineer, self.phases[stage.key], None, said)

    async def write(self, title: str, content: str, kind: UpdateType, stage: Stage | None = None, **more: object) -> None:
        said = UpdateCreate.model_validate(
            {
                "update_title": title,
                "update_content": content,
                "update_type": kind,
                "progress_id": self.phases[stage.key] if stage else None,
                "images": [self.picture(kind.value, n) for n in (1, 2)],
                "document_ids": await self.upload(f"{title}.jpg", DocumentKind.photo, title, self.site.place.name) if not stage else [],
                **more,
            }
        )
        await updates.post(self.diary.session, self.site.team.engineer, self.site.project.id, said)

    async def upload(self, name: str, kind: DocumentKind, *lines: str) -> list[int]:
        """A paper of the engineer's, on the site that the first customer has bought into; elsewhere there is none."""
        if self.site.place.name != SITE:
            return []
        return [await upload(self.diary.session, self.site.team.engineer, shapes.sheet(*lines), name, kind)]

    def picture(self, what: str, n: int) -> str:
        return f"https://picsum.photos/seed/{self.site.project.slug}-{what}-{n}/1200/800"


def build_all(diary: Diary, sites: dict[str, Site]) -> None:
    """What happened on every site until today."""
    for site in sites.values():
        _build(Works(diary, site, {}))


def _build(works: Works) -> None:
    """Ground is broken two months after the launch; what is reached by today came one after the other, in proportion to its weight."""
    place, now = works.site.place, works.diary.now
    stages = LAND if UnitType.plot in place.stacks else HOUSE
    begin = now - DAY * max(1, 30 * (place.launched - 2))
    end = now - DAY * (8 if place.ready >= 0 else 8 - 30 * place.ready)
    done = 0
    for order, stage in enumerate(stages, 1):
        planned = [begin + (_ready(works) - begin) * share // 100 for share in (done, done + stage.weight)]
        works.at(begin - DAY * 2, partial(works.plan, stage, order, *planned))
        reached = min(max(place.progress - done, 0), stage.weight)
        done += stage.weight
        if reached:
            since, until = (begin + (end - begin) * share // place.progress for share in (done - stage.weight, min(done, place.progress)))
            _reach(works, stage, since, until, Decimal(100 * reached) / stage.weight)
    if 0 < place.progress < 100:
        _tell_lately(works)


def _ready(works: Works) -> datetime:
    day = add_months(works.diary.now.date(), works.site.place.ready)
    return works.diary.now.replace(year=day.year, month=day.month, day=day.day)


def _reach(works: Works, stage: Stage, since: datetime, until: datetime, percentage: Decimal) -> None:
    name = works.site.place.name
    if percentage == 100:
        works.at(until, partial(works.report, stage, percentage))
        works.at(until + DAY * 3, partial(works.certify, stage))
        works.at(until + DAY * 4, partial(works.write, f"{stage.name} complete", stage.done, UpdateType.milestone, stage, tags=[stage.key]))
        return
    rests = works.site.place.status is ProjectStatus.on_hold
    half, status = (percentage / 2).quantize(Decimal(1)), ProgressStatus.on_hold if rests else None
    works.at(since + (until - since) / 2, partial(works.report, stage, half))
    works.at(since + (until - since) * 3 / 4, partial(works.certify, stage))
    works.at(until, partial(works.report, stage, percentage.quantize(Decimal("0.01")), status, NOTES[len(name) % 3]))


def _tell_lately(works: Works) -> None:
    """Something for each audience; where work goes on, rain has cost three weeks."""
    ago, kind = works.diary.ago, UpdateType
    if works.site.place.status is ProjectStatus.construction and len(works.site.place.towers) > 1:
        rain = "Three weeks of rain kept concrete from being cast. The programme now includes covered casting beds."
        works.at(
            ago(25), partial(works.write, "Rain delays casting", rain, kind.delay, estimated_delay_days=21, weather_impact="Heavy rain")
        )
    visit = "Buyers may visit the sample flat on Saturdays between ten and one. Helmets are at the gate."
    works.at(ago(18), partial(works.write, "Site visits for buyers", visit, kind.general, audience=UpdateAudience.booked))
    safe = "Ninety days without an accident. All lifting gear was inspected this week."
    works.at(ago(12), partial(works.write, "Ninety safe days", safe, kind.safety))
    strength = "Two of twelve cubes are below grade at seven days; wait for the 28-day result before saying anything."
    works.at(ago(9), partial(works.write, "Cube tests", strength, kind.quality, audience=UpdateAudience.internal))
    works.at(ago(2), partial(works.write, "Next month on site", "To be written.", kind.general, is_published=False))
