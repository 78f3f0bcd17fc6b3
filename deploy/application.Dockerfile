# The application: the doors, the work, the action server, migrations and backups are one image,
# started by different commands (deploy/compose.yml, deploy/kubernetes).
#
#     docker build --file deploy/application.Dockerfile --tag handoff .

FROM python:3.11-slim-trixie AS packages
WORKDIR /application
COPY requirements.txt ./
RUN python -m venv /packages \
    && /packages/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt

FROM python:3.11-slim-trixie
# pg_dump and pg_restore for `handoff backup`: not older than the server (Debian 13 has 17, and so has
# deploy/compose.yml). A volume that is new takes the owner of the folder that it is mounted on.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin handoff \
    && install --directory --owner handoff --mode 0700 /data /backups
COPY --from=packages /packages /packages
WORKDIR /application
COPY pyproject.toml README.md LICENSE ./
COPY data ./data
COPY directory ./directory
COPY bot ./bot
COPY api ./api
# The code is compiled here, as nothing can be written where it runs.
RUN printf '#!/bin/sh\nexec python -m api.cli "$@"\n' > /usr/local/bin/handoff \
    && chmod 0755 /usr/local/bin/handoff \
    && /packages/bin/python -m compileall -q directory bot api
ENV PATH=/packages/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    MKL_NUM_THREADS=1 \
    HANDOFF_DATA_DIR=/data
USER 10001
VOLUME /data
CMD ["python", "-m", "api.server", "--duty", "web", "--host", "0.0.0.0"]
