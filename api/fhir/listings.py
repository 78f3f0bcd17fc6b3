"""Organisations and services of the directory as FHIR R4. Pure; only what publication lets out."""

from api.fhir import codes
from api.fhir.codes import Json, coding, concept
from api.fhir.mapping import reference
from directory.listings import publication
from directory.listings.models import Organization, Service
from directory.listings.publication import PublishedAddress, PublishedPhone

_SYSTEM = {"fax": "fax", "sms": "sms", "textphone": "other", "pager": "pager"}


def organization(row: Organization) -> Json:
    """Name and page. Its numbers and addresses stand with its services, where they are checked."""
    published = [each for each in row.services if publication.is_published(each)]
    resource: Json = {
        "resourceType": "Organization",
        "id": row.id,
        "active": bool(published),
        "name": row.name,
    }
    aliases = [name for name in (row.alternate_name, *(row.also_known_as or [])) if name]
    if aliases:
        resource["alias"] = aliases
    if published and row.website:
        resource["telecom"] = [{"system": "url", "value": row.website}]
    return resource


def healthcare_service(row: Service) -> Json:
    """A published service, its places as contained Locations. Of a confidential one no place."""
    addresses = publication.published_addresses(row)
    resource: Json = {
        "resourceType": "HealthcareService",
        "id": row.id,
        "contained": [_location(number, each) for number, each in enumerate(addresses, 1)],
        "active": row.status == "active",
        "providedBy": reference("Organization", row.organization_id, row.organization.name),
        "category": [codes.category(need) for need in row.needs[:1]],
        "type": [_need(need) for need in row.needs],
        "location": [{"reference": f"#place-{n}"} for n in range(1, len(addresses) + 1)],
        "name": row.name,
        "comment": row.description,
        "telecom": _telecom(row),
        "communication": [
            concept(coding(codes.LANGUAGE, each.code)) for each in row.languages if each.code
        ],
        "referralMethod": [_referral_method(row)],
        # OpenStreetMap's notation, as the listing has it; "second Tuesday" fits no availableTime.
        "availabilityExceptions": row.opening_hours,
    }
    if row.eligibility_description:
        resource["eligibility"] = [{"comment": row.eligibility_description}]
    return {name: value for name, value in resource.items() if value not in (None, [], "")}


def _telecom(row: Service) -> list[Json]:
    contacts = [_phone(each) for each in publication.published_phones(row)]
    page = publication.published_url(row)
    return contacts + ([{"system": "url", "value": page}] if page else [])


def _phone(phone: PublishedPhone) -> Json:
    extension = f" ext. {phone.extension}" if phone.extension else ""
    return {
        "system": _SYSTEM.get(phone.kind, "phone"),
        "value": f"{phone.number}{extension}",
        "use": "work",
    }


def _location(number: int, address: PublishedAddress) -> Json:
    place: Json = {
        "resourceType": "Location",
        "id": f"place-{number}",
        "address": {
            "line": [address.street],
            "city": address.city,
            "state": address.state,
            "country": "US",
        },
    }
    if address.postal_code:
        place["address"]["postalCode"] = address.postal_code
    if address.latitude is not None and address.longitude is not None:
        place["position"] = {"latitude": address.latitude, "longitude": address.longitude}
    return place


def _need(need: str) -> Json:
    label = codes.need_label(need)
    return concept(coding(codes.NEED, need, label), text=label)


def _referral_method(row: Service) -> Json:
    if row.accepts_referrals:
        return concept(coding(codes.REFERRAL_METHOD, "elec", "Secure Electronic"))
    return concept(coding(codes.REFERRAL_METHOD, "phone", "Phone"))
