"""FastAPI's own telemetry is off, whatever the environment says.

Where an OpenTelemetry provider is set up it would hand over what people send: the inputs that a
validation refused, the messages of exceptions, addresses with ids in them. Ours knows what may be
told (directory/telemetry).

Source: https://fastapi.tiangolo.com/reference/fastapi/ (parameter `telemetry`).
"""

from fastapi.telemetry import TelemetryConfig

NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
