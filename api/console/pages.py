"""Every page of the console."""

from fastapi import APIRouter

from api.console import account, audit, events, signin, staff, today, training

ROUTERS: tuple[APIRouter, ...] = (
    signin.router,
    signin.inside,
    today.router,
    events.router,
    account.router,
    staff.router,
    staff.changing,
    training.router,
    audit.router,
)
