# HydroDiag: app, scheduler and the `hydrodiag` command in one image.
#
#   docker build -t hydrodiag .
#
# The base is named by tag. To pin it for good, look its digest up once and hand it in:
#   docker buildx imagetools inspect python:3.11-slim-trixie
#   docker build --build-arg BASE=python:3.11-slim-trixie@sha256:... -t hydrodiag .
ARG BASE=python:3.11-slim-trixie

FROM ${BASE} AS builder
# As in hydrodiag/bootstrap.py.
ARG UV_VERSION=0.13.9
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir "uv==${UV_VERSION}"
COPY requirements.lock /tmp/requirements.lock
# Wheels only: what has none would need a compiler, and there is none.
RUN uv venv /opt/venv \
    && uv pip install --no-cache --only-binary :all: --python /opt/venv/bin/python \
        -r /tmp/requirements.lock

FROM ${BASE} AS runtime
# For `hydrodiag backup` and `restore`: of the server's major version. tini ends children.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 tesseract-ocr tesseract-ocr-rus tini \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 hydrodiag \
    && useradd --uid 10001 --gid 10001 --home-dir /tmp --no-create-home \
        --shell /usr/sbin/nologin hydrodiag \
    && install --directory --owner=10001 --group=10001 --mode=0750 \
        /data /data/backups /data/chroma /data/ollama /data/caddy
COPY --from=builder /opt/venv /opt/venv
WORKDIR /app
COPY . /app
RUN python -m compileall -q hydrodiag pages app.py scheduler.py \
    && install --mode=0755 deploy/hydrodiag /usr/local/bin/hydrodiag

# Nothing below /app or /opt is written at run time: everything goes to /tmp and /data.
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HYDRODIAG_DATA_DIR=/data \
    HYDRODIAG_HOST=0.0.0.0 \
    HYDRODIAG_LOG_FORMAT=json \
    HYDRODIAG_PORT=8501
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "/app/deploy/healthcheck.py", "8501", "/healthz"]
ENTRYPOINT ["tini", "--"]
CMD ["/app/deploy/run-app"]
