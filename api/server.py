"""One API process: web, workers, and nothing else. Started by the supervisor or by hand."""

import sys

import uvicorn

from api.app import create_app
from api.logs import set_up_logs
from api.services import build
from directory.search import compare_meanings
from directory.settings import SettingsError, load_settings


def main() -> int:
    set_up_logs()
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    services = build(settings)
    services.clock.start(speed=settings.clock_speed)
    compare_meanings(settings.data_dir)
    uvicorn.run(
        create_app(services),
        host="127.0.0.1",
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=8,
        server_header=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
