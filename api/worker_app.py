"""What a process without doors serves: whether it lives, whether it can work, its measures.

For probes and Prometheus alone; it listens on loopback, or inside a cluster.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI, Response
from fastapi.concurrency import run_in_threadpool

from api import health
from api.own_telemetry import NO_TELEMETRY
from api.services import Services
from directory.clock import wall_now

# A look at everything takes less than a second; one that takes this long will not end.
STUCK_AFTER = timedelta(seconds=60)


def create_worker_app(services: Services) -> FastAPI:
    """Its background workers run while it does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(services.workers.start)
        services.watchdog.start()
        yield
        await run_in_threadpool(services.watchdog.stop)
        await run_in_threadpool(services.workers.stop)
        services.database.close()

    app = FastAPI(
        title="Handoff worker", lifespan=lifespan, openapi_url=None, telemetry=NO_TELEMETRY
    )
    app.state.services = services
    app.include_router(health.router)

    @app.get("/livez")
    def is_not_stuck(response: Response) -> dict[str, str]:
        """For whoever starts again what is stuck: not what only waits for others to work again."""
        swept = services.workers.swept_at
        stuck = swept is not None and wall_now() - swept > STUCK_AFTER
        response.status_code = 503 if stuck else 200
        return {"status": "stuck" if stuck else "ok"}

    return app
