"""A listing as schema.org tells it, for search engines: the same facts as on the page, no others.

It stands in a data block, which browsers do not run: the policy for scripts does not touch it.
"""

import json
from typing import Any

from markupsafe import Markup

from api.public.pages.lines import website
from api.public.pages.listing_view import ListingView
from directory.listings.models import Service
from directory.listings.publication import published_addresses, published_phones
from directory.listings.schedules import schedule_rows

_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}


def structured(service: Service, view: ListingView, *, address: str) -> Markup:
    """JSON-LD of a Service (https://schema.org/Service). `address`: of its page."""
    organization = {"@type": "Organization", "name": service.organization.name}
    homepage = website(service.organization.website)
    if homepage:
        organization["url"] = homepage
    described = {
        "@context": "https://schema.org",
        "@type": "Service",
        "name": service.name,
        "url": address,
        "description": view.description.text if view.description else None,
        "provider": organization,
        "areaServed": view.areas,
        "hoursAvailable": _hours(service),
        "availableChannel": _channel(service, view),
    }
    said = json.dumps({name: value for name, value in described.items() if value})
    # A data block ends at its end tag, wherever that stands.
    return Markup(said.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _hours(service: Service) -> list[dict[str, Any]]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": [_DAYS[day] for day in row.byday.split(",")],
            "opens": row.opens_at,
            "closes": row.closes_at,
        }
        for row in schedule_rows(service.opening_hours)
        if row.freq == "WEEKLY" and row.byday
    ]


def _channel(service: Service, view: ListingView) -> dict[str, Any]:
    phones = published_phones(service)
    calls = [each for each in phones if each.kind in ("voice", "hotline")]
    texts = [each for each in phones if each.kind == "sms"]
    channel = {
        "@type": "ServiceChannel",
        "serviceUrl": view.url,
        "availableLanguage": view.languages,
        "servicePhone": _contact(calls[0].number) if calls else None,
        "serviceSmsNumber": _contact(texts[0].number) if texts else None,
        "serviceLocation": [
            {
                "@type": "Place",
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": each.street,
                    "addressLocality": each.city,
                    "addressRegion": each.state,
                    "addressCountry": "US",
                    **({"postalCode": each.postal_code} if each.postal_code else {}),
                },
            }
            for each in published_addresses(service)
        ],
    }
    return {name: value for name, value in channel.items() if value}


def _contact(number: str) -> dict[str, str]:
    return {"@type": "ContactPoint", "telephone": number}
