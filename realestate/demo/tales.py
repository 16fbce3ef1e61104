"""How the sales of the demo data have gone: who wanted what, and what came of it."""

from collections.abc import Callable
from functools import partial

from realestate.demo import online, purchases
from realestate.demo.people import LET_GO, REMARKS
from realestate.demo.places import Tale
from realestate.demo.purchases import DAY, HOUR
from realestate.demo.sales import Diary, Sale
from realestate.demo.sites import Site
from realestate.schemas.bookings import BookingIntent


def tell_all(diary: Diary, sites: dict[str, Site], customers: list[int]) -> None:
    """The tales of everybody, and first those of the two customers whose logins are told to people."""
    _tell_of_logins(diary, sites, *customers[:2])
    _tell_of_ends(diary, sites["Deccan Crest Riverwalk"], sites["Deccan Crest Old Orchard"], customers[2:])
    for site in sites.values():
        for tale, number in site.place.tales.items():
            for _ in range(number):
                TALES[tale](_sale(diary, site, diary.random.choice(customers[2:])))
    for site in sites.values():
        for _ in range(site.place.waiting):
            unit_id, price, owner_id = site.gone.pop()
            others = [one for one in customers[2:] if one != owner_id]
            _wait(Sale(diary, site, diary.random.choice(others), unit_id, price))


def _tell_of_logins(diary: Diary, sites: dict[str, Site], first: int, second: int) -> None:
    river, creek = sites["Deccan Crest Riverwalk"], sites["Palm Meridian Creek Terraces"]
    orchard, heights, skyline = sites["Deccan Crest Old Orchard"], sites["Kaveri Vista Cyber Heights"], sites["Deccan Crest Skyline"]
    purchases.buy_in_quarters(_sale(diary, river, first), 4, unpaid=1)
    online.pay_token(_sale(diary, creek, first))
    _ask(_sale(diary, heights, first))
    _cancel(_sale(diary, skyline, first))
    _reserve(_sale(diary, skyline, first))
    diary.at(diary.now - HOUR, _sale(diary, river, first).hold)  # there for a day
    purchases.buy_in_quarters(_sale(diary, creek, second), 3, unpaid=0)
    purchases.hand_over(_sale(diary, orchard, second))
    _reserve(_sale(diary, river, second))


def _tell_of_ends(diary: Diary, river: Site, orchard: Site, people: list[int]) -> None:
    """Those on their last steps, and those who have not gone on as they began."""
    purchases.share(_sale(diary, river, people[7]), people[8])
    purchases.offer(_sale(diary, orchard, people[1]))
    online.pay_too_late(_sale(diary, river, people[9]))
    purchases.ask_to_leave(_sale(diary, river, people[2]))
    purchases.leave(_sale(diary, river, people[3]))
    purchases.give_over(_sale(diary, river, people[4]), people[5])
    purchases.exchange(_sale(diary, river, people[6]), river.free.pop()[0])
    purchases.plan_anew(_sale(diary, river, people[10]))


def _sale(diary: Diary, site: Site, customer_id: int) -> Sale:
    """The next unit that is free."""
    sale = Sale(diary, site, customer_id, *site.free.pop())
    sale.remark = diary.random.choice(REMARKS) if diary.random.random() < 0.2 else None
    sale.needs_loan = diary.random.random() < 0.25
    return sale


# ── Without money ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ask(sale: Sale) -> None:
    sale.at(sale.diary.ago(sale.random.randint(1, 40)), partial(sale.enter, BookingIntent.inquire))


def _wait(sale: Sale) -> None:
    """For a unit that has long been somebody else's."""
    sale.at(sale.diary.ago(sale.random.randint(1, 9)), partial(sale.enter, BookingIntent.waitlist))


def _hold(sale: Sale) -> None:
    sale.at(sale.diary.now - HOUR * sale.random.randint(2, 60), sale.be_held)


def _let_hold_run_out(sale: Sale) -> None:
    sale.at(sale.diary.now - DAY * 7 - HOUR * sale.random.randint(2, 40), sale.be_held)


def _reserve(sale: Sale) -> None:
    start = sale.diary.now - HOUR * sale.random.randint(2, 60)
    sale.at(start - HOUR / 2, sale.hold)
    sale.at(start, sale.enter)


def _let_reserve_run_out(sale: Sale) -> None:
    sale.at(sale.diary.now - HOUR * sale.random.randint(74, 120), sale.enter)


def _expire(sale: Sale) -> None:
    sale.at(sale.begin(20, 150) + HOUR * sale.random.randint(73, 90), sale.lapse)


def _cancel(sale: Sale) -> None:
    sale.at(sale.begin(15, 120) + DAY * sale.random.randint(1, 2), partial(sale.cancel, sale.random.choice(LET_GO)))


TALES: dict[Tale, Callable[[Sale], None]] = {
    Tale.inquiry: _ask,
    Tale.held: _hold,
    Tale.hold_over: _let_hold_run_out,
    Tale.reserved: _reserve,
    Tale.lapsed: _let_reserve_run_out,
    Tale.cheque: purchases.wait_for_cheque,
    Tale.token_paid: purchases.pay_token,
    Tale.confirmed: purchases.confirm,
    Tale.registered: purchases.register,
    Tale.handed_over: purchases.hand_over,
    Tale.rejected: purchases.reject,
    Tale.cancelled: _cancel,
    Tale.expired: _expire,
}
