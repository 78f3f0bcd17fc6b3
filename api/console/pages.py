"""Every page of the console."""

from fastapi import APIRouter

from api.console import account, events, signin, today

ROUTERS: tuple[APIRouter, ...] = (
    signin.router,
    signin.inside,
    today.router,
    events.router,
    account.router,
)
