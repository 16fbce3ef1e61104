"""Many units at once: files, templates, new prices. All of it, or nothing."""

import codecs

import pytest
from sqlalchemy import func, select

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.units import Unit, UnitStatus
from tests.factories import make_builder, make_customer, make_member, make_project, make_units

pytestmark = pytest.mark.anyio

HEADER = "tower,unit_number,unit_type,floor_number,area_sqft,price"
ROW = "A,101,2BHK,1,910.5,7500000.01"
TOWER = {
    "tower": "C",
    "first_floor": -1,
    "last_floor": 3,
    "skip_floors": [0, 2],
    "price_step_per_floor": 1000.5,
    "stacks": [
        {"stack": "1", "unit_type": "2BHK", "area_sqft": 900, "price": 100000},
        {"stack": "12", "unit_type": "3BHK", "area_sqft": 1200, "price": 200000, "features": ["Corner"]},
    ],
}


async def bring(client, person, project_id, *lines, dry_run=False, separator="\n", encoding="utf-8"):
    content = lines[0] if isinstance(lines[0], bytes) else separator.join(lines).encode(encoding)
    path = f"/api/projects/{project_id}/units/import?dry_run={str(dry_run).lower()}"
    return await client.post(path, files={"file": ("units.csv", content, "text/csv")}, headers=person.headers)


async def post(client, person, project_id, what, said, **params):
    return await client.post(f"/api/projects/{project_id}/units/{what}", json=said, params=params, headers=person.headers)


async def units_of(client, project_id, person):
    units = (await client.get(f"/api/projects/{project_id}/units", headers=person.headers)).json()
    return {unit["unit_number"]: unit for unit in units}


# ── Files ──


async def test_a_file_adds_what_is_new_and_changes_what_is_there(client):
    builder = await make_builder()
    project_id = await make_project(builder)

    tried = (await bring(client, builder, project_id, HEADER, ROW, dry_run=True)).json()
    assert (tried["created"], tried["dry_run"], await units_of(client, project_id, builder)) == (1, True, {})
    first = (await bring(client, builder, project_id, HEADER, ROW, "", ",V1,villa,,3000,30000000")).json()
    again = (await bring(client, builder, project_id, HEADER + ",facing", ROW.replace(".01", "") + ",North-East", ",V1,,,,,")).json()

    assert (first["rows"], first["created"], first["updated"]) == (2, 2, 0) and (again["updated"], again["unchanged"]) == (1, 1)
    units = await units_of(client, project_id, builder)
    assert units["101"]["price"] == 7500000 and units["101"]["facing"] == "north_east" and units["101"]["version"] == 2
    assert [(one["old"], one["new"], one["by"]) for one in units["101"]["price_history"]] == [(7500000.01, 7500000, builder.user_id)]
    assert units["V1"]["tower"] is None and units["V1"]["status"] == "available" and units["V1"]["area_unit"] == "sqft"
    history = (await client.get(f"/api/units/{units['101']['id']}/history", headers=builder.headers)).json()
    assert [act["action"] for act in history] == ["unit_price_changed", "unit.created"]
    assert (await client.get(f"/api/projects/{project_id}")).json()["price_range_min"] == 7500000


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("A,102,castle,1,900,5", "unit_type", "ENUM"),
        ("A,102,2BHK,1,900,5.001", "price", "AMOUNT"),
        ("A,102,2BHK,1,900,1e6", "price", "AMOUNT"),
        ("A,102,2BHK,1,900,0", "price", "GREATER_THAN"),
        ("A,102,2BHK,1.5,900,5", "floor_number", "INT_PARSING"),
        ("A,102,2BHK,1,900,", "price", "MISSING"),
        ("A,,2BHK,1,900,5", "unit_number", "MISSING"),
        ("A,=HYPERLINK(1),2BHK,1,900,5", "unit_number", "FORMULA"),
        ("@A,102,2BHK,1,900,5", "tower", "FORMULA"),
        ("A,101,2BHK,1,900,5", "unit_number", "DUPLICATE"),
        ("A,102,2BHK,1,900,5,6", "file", "EXTRA_CELLS"),
    ],
)
async def test_one_wrong_row_keeps_all_others_out(client, row, field, code):
    builder = await make_builder()
    project_id = await make_project(builder)

    tried = (await bring(client, builder, project_id, HEADER, ROW, row, dry_run=True)).json()
    refused = await bring(client, builder, project_id, HEADER, ROW, row)

    assert [(error["row"], error["field"], error["code"]) for error in tried["errors"]] == [(3, field, code)] and tried["error_count"] == 1
    assert refused.status_code == 422 and refused.json()["code"] == "IMPORT_INVALID" and refused.json()["errors"] == tried["errors"]
    assert await units_of(client, project_id, builder) == {}


async def test_a_basement_is_no_formula(client):
    builder = await make_builder()
    project_id = await make_project(builder)

    assert (await bring(client, builder, project_id, HEADER, "A,B1,shop,-1,50,5")).json()["created"] == 1


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        (codecs.BOM_UTF8 + f"{HEADER}\r\n{ROW}".encode(), "utf-8", ","),
        (f"{HEADER}\nA,Ä1,2BHK,1,9,5".replace(",", ";").encode("cp1252"), "windows-1252", ";"),
        (f'{HEADER.upper()}\n"A","1,1",2BHK,1,9,5'.replace(",", "\t", 5).encode(), "utf-8", "\t"),
    ],
)
async def test_files_come_in_several_spellings(client, content, encoding, delimiter):
    builder = await make_builder()
    if delimiter == "\t":
        content = f"{HEADER.upper()}\nA,11,2BHK,1,9,5".replace(",", "\t").encode()

    said = (await bring(client, builder, await make_project(builder), content)).json()

    assert (said["created"], said["encoding"], said["delimiter"]) == (1, encoding, delimiter)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f"{HEADER}\n{ROW}".encode("utf-16"), "UNSUPPORTED_FILE"),
        (b"unit_number\n\x81", "UNSUPPORTED_FILE"),
        (b"unit_number\n\0", "UNSUPPORTED_FILE"),
        (b"unit_number,colour\n1,red", "UNKNOWN_COLUMN"),
        (b"unit_number,unit_number\n1,2", "UNKNOWN_COLUMN"),
        (b"price\n1", "UNKNOWN_COLUMN"),
        (b"", "UNKNOWN_COLUMN"),
        (b'unit_number\n"1', "BROKEN_FILE"),
        (b"unit_number\n" + b"1\n" * 10_001, "TOO_MANY_ROWS"),
    ],
)
async def test_what_is_no_table_of_units_is_refused(client, content, code):
    builder = await make_builder()
    refused = await bring(client, builder, await make_project(builder), content, dry_run=True)
    assert refused.status_code == 422 and [error["code"] for error in refused.json()["errors"]] == [code]


async def test_a_file_does_not_change_what_a_booking_shows_nor_a_state(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    await make_units(builder, project_id, unit_number="9", status=UnitStatus.booked, customer_id=asha.user_id)

    async def codes(names, row):
        said = (await bring(client, builder, project_id, f"tower,unit_number,{names}", f"A,9,{row}", dry_run=True)).json()
        return [error["code"] for error in said["errors"]], said["updated"], said["unchanged"]

    assert await codes("price,floor_number", "5,") == (["UNIT_TAKEN"], 0, 1)
    assert (await codes("floor_number", "7"))[0] == ["UNIT_TAKEN"] and (await codes("status", "sold"))[0] == ["STATUS_BY_STEPS"]
    assert await codes("price,area_sqft", "7500000.01,910.5") == ([], 0, 1) and await codes("parking_spaces", "2") == ([], 1, 0)


# ── Templates ──


async def test_a_tower_is_made_from_a_template(client):
    builder = await make_builder()
    project_id = await make_project(builder)

    tried = (await post(client, builder, project_id, "generate", TOWER, dry_run=True)).json()
    assert await units_of(client, project_id, builder) == {} and tried["created"] == 6
    made = (await post(client, builder, project_id, "generate", TOWER)).json()

    assert made == tried | {"dry_run": False} and made["total_price"] == 906003
    units = await units_of(client, project_id, builder)
    assert {number: unit["price"] for number, unit in units.items()} == {
        "-101": 100000,
        "-112": 200000,
        "101": 101000.5,
        "112": 201000.5,
        "301": 102001,
        "312": 202001,
    }
    assert units["312"]["bedrooms"] == 3 and units["312"]["features"] == ["Corner"] and units["312"]["floor_number"] == 3
    clash = await post(client, builder, project_id, "generate", TOWER | {"first_floor": 3, "last_floor": 4})
    assert clash.status_code == 409 and clash.json()["clashes"] == ["301", "312"] and len(await units_of(client, project_id, builder)) == 6
    tried = (await post(client, builder, project_id, "generate", TOWER, dry_run=True)).json()
    assert tried["created"] == 0 and len(tried["clashes"]) == 6
    other = await post(client, builder, project_id, "generate", TOWER | {"tower": "D", "number_pattern": "{tower}/{floor:03}-{stack}"})
    assert other.json()["units"][0]["unit_number"] == "D/-01-1"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"last_floor": -2}, "last_floor"),
        ({"number_pattern": "{floor}"}, "number_pattern"),
        ({"number_pattern": "{floor.__class__}{stack}"}, "number_pattern"),
        ({"number_pattern": "{floor}{stack}" + "x" * 40}, "number_pattern"),
        ({"last_floor": 301}, "last_floor"),
        ({"stacks": []}, "stacks"),
    ],
)
async def test_a_template_that_makes_no_tower_is_refused(client, said, field):
    builder = await make_builder()
    refused = await post(client, builder, await make_project(builder), "generate", TOWER | said)
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == field


# ── Prices ──


async def test_prices_change_together_and_followers_are_told_once_each(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    one, two = await make_units(builder, project_id, 2)
    (dear,) = await make_units(builder, project_id, unit_type="villa", price="30000000")
    await make_units(builder, project_id, status=UnitStatus.sold, customer_id=asha.user_id)
    await client.put(f"/api/customer/favourites/{one}", headers=asha.headers)
    lines = [{"code": "base", "name": "Base", "amount": 1000000}, {"code": "tax", "name": "Tax", "percent": 5}]
    await client.patch(f"/api/units/{two}", json={"price_lines": lines}, headers=builder.headers)
    said = {"percent": 10, "round_to": 1000, "only": {"unit_type": "2BHK"}}

    tried = (await post(client, builder, project_id, "repricing", said, dry_run=True)).json()
    done = (await post(client, builder, project_id, "repricing", said)).json()

    assert done == tried | {"dry_run": False}
    assert (done["matched"], done["repriced"], done["unchanged"], done["taken"]) == (3, 2, 0, 1)
    assert [(unit["id"], unit["new"]) for unit in done["units"]] == [(one, 8250000), (two, 1155000)]
    assert (done["total_before"], done["total_after"]) == (8550000.01, 9405000)
    unit = (await client.get(f"/api/units/{two}", headers=builder.headers)).json()
    assert unit["price"] == 1155000 and [(x["old"], x["new"]) for x in unit["price_history"]] == [(7500000.01, 1050000), (1050000, 1155000)]
    inbox = (await client.get("/api/notifications", headers=asha.headers)).json()["notifications"]
    assert [note["type"] for note in inbox] == ["unit_price_changed"]
    down = (await post(client, builder, project_id, "repricing", {"amount": -500000, "only": {"unit_ids": [dear], "min_floor": 0}})).json()
    assert [unit["new"] for unit in down["units"]] == [29500000]
    refused = await post(client, builder, project_id, "repricing", {"amount": -8250000})
    assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == "OUT_OF_RANGE"


# ── Who may ──


@pytest.mark.parametrize("what", ["import", "generate", "repricing"])
async def test_only_a_team_with_the_permission_changes_many_units_of_its_own(client, what):
    builder, project = await make_builder(), None
    project = await make_project(builder)

    async def status(person):
        said = {"generate": TOWER, "repricing": {"percent": 5}}
        if what == "import":
            return (await bring(client, person, project, HEADER, ROW)).status_code
        return (await post(client, person, project, what, said[what])).status_code

    assert await status(await make_member(builder, TeamRole.finance)) == await status(await make_customer()) == 403
    assert await status(await make_builder()) == 404
    async with transaction(WORKER) as session:
        assert await session.scalar(select(func.count(Unit.id)).where(Unit.project_id == project)) == 0
