"""Staff, who is on call, and the CIT programme. Accounts are roles, not people."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.demo.world import World, staff_number
from directory.on_call.models import OnCallShift
from directory.staff import service as staff
from directory.staff.models import Role
from directory.training.models import CitMember, Unit

DOMAIN = "demo.example"
CLINICIANS = 3
# How many serve where, and how many of them are certified and have done the whole course.
_UNITS = {
    Unit.PATROL: (60, 13, 31),
    Unit.DISPATCH: (12, 3, 4),
    Unit.SOCIAL_SERVICES: (6, 4, 5),
    Unit.FIRE: (10, 1, 2),
}
_TITLES = {
    Unit.PATROL: "Officer",
    Unit.DISPATCH: "Dispatcher",
    Unit.SOCIAL_SERVICES: "Social worker",
    Unit.FIRE: "Firefighter",
}


def sign_ins() -> tuple[str, ...]:
    """The accounts with a password: of each role one."""
    return tuple(f"{name}@{DOMAIN}" for name in ("clinician1", "supervisor", "admin"))


def hire(session: Session, world: World, *, password: str) -> None:
    """Accounts, and who is on call this week. Clinicians have a phone that is paged."""
    for number in range(1, CLINICIANS + 1):
        member = staff.add(
            session,
            f"clinician{number}@{DOMAIN}",
            Role.CLINICIAN,
            password=password if number == 1 else None,
            phone=staff_number(number),
            name=f"Clinician {number}",
            now=world.begins,
        )
        world.clinicians.append(member.id)
        world.rows.append(
            OnCallShift(
                id=world.id(),
                staff_id=member.id,
                position=number,
                starts_at=world.now - timedelta(days=1),
                ends_at=world.now + timedelta(days=14),
                created_by=member.id,
            )
        )
    for role in (Role.SUPERVISOR, Role.ADMIN):
        staff.add(
            session,
            f"{role.value}@{DOMAIN}",
            role,
            password=password,
            phone=None,
            name=role.value.capitalize(),
            now=world.begins,
        )


def train(world: World) -> None:
    """The CIT programme: some certified, some with the whole course, most on their way."""
    today = world.now.astimezone(world.zone).date()
    for unit, (members, certified, completed) in _UNITS.items():
        for number in range(members):
            hours = 40.0 if number < completed else float(world.chance.choice((0, 0, 8, 16, 24)))
            since = today - timedelta(days=world.chance.randrange(30, 1500))
            world.rows.append(
                CitMember(
                    id=world.id(),
                    name=f"{_TITLES[unit]} {number + 1:02}",
                    unit=unit,
                    hours=hours,
                    certified_on=since if number < certified else None,
                    changed_by="demo",
                    changed_at=world.begins,
                )
            )
