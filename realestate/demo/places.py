"""What is built in the demo data: projects, how their towers are stacked, and how many sales of which kind they have seen."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from realestate.models.projects import ProjectStatus, ProjectType
from realestate.models.units import UnitType

T, P, S = UnitType, ProjectType, ProjectStatus


class Tale(StrEnum):
    """How the story of a sale has gone so far."""

    inquiry = "inquiry"
    held = "held"
    hold_over = "hold_over"
    reserved = "reserved"
    lapsed = "lapsed"
    """Reserved, not paid for, and nobody has looked since: expired by the clock alone."""
    cheque = "cheque"
    """Reserved, with a cheque that waits for its clearance."""
    token_paid = "token_paid"
    confirmed = "confirmed"
    registered = "registered"
    handed_over = "handed_over"
    rejected = "rejected"
    cancelled = "cancelled"
    expired = "expired"


def tales(**counts: int) -> dict[Tale, int]:
    return {Tale(name): count for name, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """One project. `rate` is money per square foot of carpet area, `rise` what each floor adds to it in percent.

    `stacks` are the kinds of units above each other, `top` and `podium` what the highest and the two lowest floors have instead; floors
    above `on_sale` are unreleased. `waiting` people would like a unit that is gone.
    `launched` and `ready` are months from today.
    """

    company: str
    name: str
    project_type: ProjectType
    status: ProjectStatus
    progress: int
    address: str
    city: str
    state: str
    zipcode: str
    latitude: float
    longitude: float
    rera: str
    rate: int
    rise: str
    towers: str
    floors: int
    stacks: tuple[UnitType, ...]
    on_sale: int
    launched: int
    ready: int
    about: str
    amenities: str
    tales: dict[Tale, int] = field(default_factory=dict)
    top: UnitType | None = None
    podium: tuple[UnitType, ...] = ()
    waiting: int = 0
    is_published: bool = True
    is_featured: bool = False


# Of each kind: carpet area in sq ft, bedrooms, bathrooms, balconies, parking, and how its rate compares.
KINDS: dict[UnitType, tuple[int, int, int, int, int, Decimal]] = {
    T.studio: (430, 0, 1, 1, 0, Decimal("1.05")),
    T.one_bhk: (560, 1, 1, 1, 1, Decimal("1.02")),
    T.two_bhk: (840, 2, 2, 1, 1, Decimal(1)),
    T.three_bhk: (1180, 3, 3, 2, 2, Decimal(1)),
    T.four_bhk: (1720, 4, 4, 3, 2, Decimal("1.04")),
    T.duplex: (1980, 3, 4, 2, 2, Decimal("1.06")),
    T.penthouse: (2650, 4, 5, 3, 3, Decimal("1.15")),
    T.villa: (3200, 4, 5, 2, 2, Decimal("1.08")),
    T.shop: (380, 0, 1, 0, 0, Decimal("1.6")),
    T.office: (960, 0, 2, 0, 1, Decimal(1)),
    T.plot: (10800, 0, 0, 0, 0, Decimal(1)),
}

_HOME = "Swimming pool|Club house|Gymnasium|Children's play area|Jogging track|24×7 security|Power backup"
_TALL = "Infinity pool|Sky lounge|Gymnasium|Concierge|Children's play area|EV charging|24×7 security"
_WORK = "High-speed lifts|Power backup|Food court|EV charging|Visitor parking|24×7 security"
_DECCAN, _PALM, _KAVERI, _ARAVALLI = "deccan-crest-homes", "palm-meridian-developments", "kaveri-vista-builders", "aravalli-urban-spaces"
_MH, _TWO, _THREE = "Maharashtra", T.two_bhk, T.three_bhk

# fmt: off
PLACES = (
    Place(_DECCAN, "Deccan Crest Riverwalk", P.residential, S.construction, 62,
          "Survey 118, Baner–Pashan Link Road, Baner", "Pune", _MH, "411045", 18.5590, 73.7868, "P52100099118",
          10200, "0.5", "AB", 14, (_TWO, _TWO, _THREE, _THREE, T.one_bhk, _TWO), 12, 22, 16,
          "Two towers above the Ram river, with a kilometre of planted riverside walk and no car above ground.", _HOME,
          tales(confirmed=9, token_paid=3, reserved=2, lapsed=1, cheque=1, inquiry=2, held=2, hold_over=1, rejected=1,
                cancelled=1, expired=1, registered=2), top=T.penthouse, is_featured=True, waiting=3),
    Place(_DECCAN, "Deccan Crest Skyline", P.residential, S.construction, 35,
          "LBS Marg, Mulund West", "Mumbai", _MH, "400080", 19.1726, 72.9425, "P51800099035",
          24500, "0.4", "AB", 20, (T.one_bhk, _TWO, _TWO, _THREE), 15, 15, 30,
          "Compact family homes between the Yeoor hills and the eastern line of the metro.", _TALL,
          tales(confirmed=7, token_paid=2, reserved=1, lapsed=1, cheque=1, inquiry=1, held=1, rejected=1, cancelled=1, expired=1),
          top=T.duplex, waiting=1),
    Place(_DECCAN, "Deccan Crest Workplace", P.commercial, S.construction, 48,
          "Rajiv Gandhi Infotech Park Phase 2, Hinjawadi", "Pune", _MH, "411057", 18.5936, 73.7106, "P52100099048",
          11400, "0.3", "W", 10, (T.office,) * 8, 9, 14, 14,
          "Offices for teams of eight to eighty, with a street of shops on two sides.", _WORK,
          tales(confirmed=3, token_paid=1, reserved=1, inquiry=1, held=1), podium=(T.shop,) * 8),
    Place(_DECCAN, "Deccan Crest Old Orchard", P.residential, S.delivered, 100,
          "Karve Road, Kothrud", "Pune", _MH, "411038", 18.5018, 73.8077, "P52100099007",
          12800, "0.5", "A", 7, (_TWO, _TWO, _THREE, _THREE), 7, 46, -8,
          "Twenty-eight homes around the mango trees that gave the site its name. Ready to move in.", _HOME,
          tales(handed_over=6, registered=2, confirmed=1, inquiry=1)),
    Place(_DECCAN, "Deccan Crest Lakeside Villas", P.residential, S.planning, 0,
          "Paud Road, Mulshi", "Pune", _MH, "412108", 18.5010, 73.5130, "",
          9800, "0", "V", 1, (T.villa,) * 20, 0, 2, 38,
          "Villas on the Mulshi lake, still on the drawing board.", _HOME, is_published=False),
    Place(_PALM, "Palm Meridian Creek Terraces", P.residential, S.construction, 55,
          "Al Jaddaf Waterfront", "Dubai", "Dubai", "00000", 25.2195, 55.3340, "DLD-3118",
          1950, "0.6", "T", 24, (T.studio, T.one_bhk, T.one_bhk, _TWO, _THREE), 20, 18, 15,
          "Stepped terraces over Dubai Creek, ten minutes from the metro and the design district.", _TALL,
          tales(confirmed=6, token_paid=2, reserved=1, lapsed=1, cheque=1, inquiry=1, held=2, rejected=1, cancelled=1, expired=1),
          top=T.penthouse, is_featured=True, waiting=1),
    Place(_PALM, "Palm Meridian Saadiyat House", P.residential, S.completed, 100,
          "Jacques Chirac Street, Saadiyat Island", "Abu Dhabi", "Abu Dhabi", "00000", 24.5337, 54.4222, "ADREC-0931",
          1780, "0.5", "H", 12, (T.one_bhk, _TWO, _TWO, _THREE), 12, 40, -2,
          "A quiet house of forty-eight apartments within walking distance of the museums and the beach.", _TALL,
          tales(handed_over=2, registered=2, confirmed=1, inquiry=1)),
    Place(_PALM, "Palm Meridian Souk Quarter", P.mixed, S.planning, 5,
          "Dubai South Residential District", "Dubai", "Dubai", "00000", 24.8780, 55.1530, "DLD-3402",
          1240, "0.4", "Q", 10, (T.studio,) * 4 + (T.one_bhk,) * 2 + (_TWO,) * 2, 3, 3, 42,
          "A covered street of shops under studios and small apartments; the first three floors are on sale.", _WORK,
          tales(token_paid=1, reserved=1, inquiry=1, held=1), podium=(T.shop,) * 8),
    Place(_KAVERI, "Kaveri Vista Gardens", P.residential, S.construction, 78,
          "Channasandra Main Road, Whitefield", "Bengaluru", "Karnataka", "560066", 12.9698, 77.7500, "PRM/KA/RERA/1251/446/PR/99/000078",
          10600, "0.4", "AB", 12, (_TWO, _TWO, _THREE, _THREE, T.four_bhk), 12, 26, 9,
          "Two-thirds of the land stays garden; rain water, solar power and compost are dealt with on site.", _HOME,
          tales(confirmed=4, token_paid=1, reserved=1, inquiry=1, held=1, cancelled=1, registered=1), waiting=1),
    Place(_KAVERI, "Kaveri Vista Cyber Heights", P.mixed, S.construction, 40,
          "Financial District Road, Gachibowli", "Hyderabad", "Telangana", "500032", 17.4401, 78.3489, "P02400099040",
          9900, "0.4", "C", 18, (T.office, _TWO, _TWO, _THREE, _THREE), 14, 12, 24,
          "Shops, offices and homes in one tower in the middle of the Financial District.", _WORK,
          tales(confirmed=3, token_paid=1, reserved=1, inquiry=1, expired=1), top=T.duplex, podium=(T.shop,) * 5),
    Place(_ARAVALLI, "Aravalli Golf Residences", P.residential, S.construction, 25,
          "Golf Course Extension Road, Sector 65", "Gurugram", "Haryana", "122101", 28.4050, 77.0660, "RC/REP/HARERA/GGM/99/025",
          17800, "0.5", "AB", 15, (_THREE, T.four_bhk, T.four_bhk), 10, 10, 34,
          "Three homes to a floor, each with the hills on one side and the greens on the other.", _TALL,
          tales(confirmed=3, token_paid=1, reserved=1, inquiry=1, held=1, cancelled=1), top=T.penthouse, is_featured=True),
    Place(_ARAVALLI, "Aravalli Harbour Point", P.residential, S.on_hold, 15,
          "Annie Besant Road, Worli", "Mumbai", _MH, "400018", 19.0096, 72.8175, "P51900099015",
          54000, "0.6", "H", 16, (_TWO, _THREE, T.four_bhk), 4, 20, 44,
          "Sea-facing residences; work rests until the coastal clearance is renewed.", _TALL, tales(confirmed=1, inquiry=1)),
    Place(_ARAVALLI, "Aravalli Logistics Estate", P.industrial, S.completed, 100,
          "NH-48, Sector 8, IMT Manesar", "Gurugram", "Haryana", "122052", 28.3540, 76.9390, "RC/REP/HARERA/GGM/99/100",
          4300, "0", "P", 1, (T.plot,) * 30, 1, 36, -4,
          "Serviced industrial plots with truck parking, a fire station and a weighbridge.",
          "Weighbridge|Fire station|Truck parking|Power substation",
          tales(registered=1, confirmed=1)),
    Place("konkan-shore-living", "Konkan Shore Cove Villas", P.residential, S.planning, 0,
          "Beach Road", "Morjim", "Goa", "403512", 15.6170, 73.7390, "",
          16500, "0", "V", 1, (T.villa,) * 16, 0, 1, 36,
          "Sixteen villas behind the dunes. A draft until the company has been verified.", _HOME, is_published=False),
)
# fmt: on
