# Rasa with its trained model. It knows no key, no phone number and no database of the application.
#
#     docker build --file deploy/rasa.Dockerfile --tag handoff-rasa .

FROM python:3.10-slim
RUN useradd --uid 10002 --no-create-home --shell /usr/sbin/nologin rasa
WORKDIR /rasa
COPY bot ./bot
COPY deploy/rasa/endpoints.yml ./bot/endpoints.yml
# LOG_LEVEL stays at INFO: at DEBUG Rasa writes what people text into its log.
ENV RASA_TELEMETRY_ENABLED=false \
    LOG_LEVEL=INFO \
    LOG_LEVEL_LIBRARIES=ERROR \
    SQLALCHEMY_SILENCE_UBER_WARNING=1 \
    PYTHONWARNINGS=ignore \
    PYTHONUNBUFFERED=1 \
    TF_CPP_MIN_LOG_LEVEL=3 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1
# The same place as on one machine, so that training finds Rasa and names the model by its inputs.
RUN python -m venv bot/.venv \
    && bot/.venv/bin/pip install --no-cache-dir --require-hashes --requirement bot/requirements.txt \
    && bot/.venv/bin/python -m bot.training
WORKDIR /rasa/bot
USER 10002
# Secrets come as files: the token that the application shows, and where conversations are kept.
COPY --chmod=0755 deploy/rasa/start.sh /usr/local/bin/start-rasa
CMD ["start-rasa"]
