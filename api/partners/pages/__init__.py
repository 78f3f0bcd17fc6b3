"""The partner pages at `/partner`: an organisation keeps its listings true and answers referrals.

Signed in by a one-time link, without a password. Every page works without JavaScript.
"""

from fastapi import APIRouter

from api.partners.pages import account, capacity, closings, edit, listings, referrals, signin


def partner_page_routers() -> tuple[APIRouter, ...]:
    """All pages; those of the sign-in have a memory of their own, one for each application."""
    return (
        signin.sign_in_pages(),
        signin.inside,
        listings.router,
        capacity.router,
        closings.router,
        edit.router,
        referrals.router,
        account.router,
    )
