"""The public directory at `/`: what a neighbour with an old phone sees. No log-in, no tracking.

Plain pages: every one works without JavaScript, and nothing is asked of any other host.
"""

from fastapi import APIRouter

from api.public.pages import crawlers, home, needs, reports, search, services

ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    search.router,
    needs.router,
    services.router,
    reports.router,
    crawlers.router,
)
