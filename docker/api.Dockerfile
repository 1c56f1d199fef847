# syntax=docker/dockerfile:1
# The API: no model, no PyTorch. From the repository's top: docker build -f docker/api.Dockerfile -t earmark-api .
FROM python:3.12.11-slim-bookworm

ENV PATH=/opt/earmark/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EARMARK_DATA_DIR=/var/lib/earmark \
    EARMARK_HOST=0.0.0.0

WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY service service
COPY models models
COPY workers workers
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv /opt/earmark \
    && pip install --disable-pip-version-check '.[postgresql]'

RUN useradd --uid 10001 --create-home --home-dir /var/lib/earmark earmark \
    && install --directory --owner=earmark /var/lib/earmark/store
USER 10001
WORKDIR /var/lib/earmark
VOLUME /var/lib/earmark/store

EXPOSE 8300
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8300/livez', timeout=4)"]
CMD ["earmark", "api"]
