"""Cookies that let somebody in: never readable by scripts, never sent along by other sites."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request, Response

from api.services import Services


@dataclass(frozen=True, slots=True)
class PrivateCookie:
    """One such cookie, by the name that it has without https."""

    plain_name: str
    lifetime: timedelta

    def name(self, services: Services) -> str:
        """With https the browser itself sees to it that the cookie is this host's alone."""
        return f"__Host-{self.plain_name}" if _is_https(services) else self.plain_name

    def read(self, request: Request, services: Services) -> str:
        return request.cookies.get(self.name(services), "")

    def give(self, response: Response, services: Services, value: str) -> None:
        response.set_cookie(
            self.name(services),
            value,
            max_age=int(self.lifetime.total_seconds()),
            path="/",
            secure=_is_https(services),
            httponly=True,
            samesite="lax",
        )

    def take_back(self, response: Response, services: Services) -> None:
        response.delete_cookie(
            self.name(services),
            path="/",
            secure=_is_https(services),
            httponly=True,
            samesite="lax",
        )


def _is_https(services: Services) -> bool:
    return services.settings.base_url.startswith("https://")
