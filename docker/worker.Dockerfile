# syntax=docker/dockerfile:1
# A worker with its models. From the repository's top:
#   docker build -f docker/worker.Dockerfile -t earmark-worker .
#   docker build -f docker/worker.Dockerfile -t earmark-worker-gpu --build-arg DEVICE=gpu --secret id=hf_token,env=EARMARK_HF_TOKEN .
# The second serves GPUs and processors alike, with the models of both; the first, gigabytes smaller, processors only.
# The secret is a Hugging Face token that may read pyannote/speaker-diarization-community-1.
ARG DEVICE=cpu

FROM python:3.12.11-slim-bookworm AS cpu-base
# PyTorch's own index, where the builds without CUDA are: gigabytes smaller than the ones on PyPI.
ENV PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu

FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 AS gpu-base
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

# hadolint ignore=DL3006
FROM ${DEVICE}-base
ARG DEVICE

# REMAP_SIGTERM must be there before Celery is imported: it makes `docker stop` hand the running stage back.
ENV PATH=/opt/earmark/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EARMARK_DATA_DIR=/var/lib/earmark \
    EARMARK_MODELS_DIR=/opt/earmark/models \
    REMAP_SIGTERM=SIGQUIT

WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY service service
COPY models models
COPY workers workers
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv /opt/earmark \
    && pip install --disable-pip-version-check '.[worker,postgresql]'
RUN --mount=type=secret,id=hf_token,env=EARMARK_HF_TOKEN \
    earmark models pull --profile cpu \
    && if [ "${DEVICE}" = gpu ]; then earmark models pull --profile gpu; fi

RUN useradd --uid 10001 --create-home --home-dir /var/lib/earmark earmark \
    && install --directory --owner=earmark /var/lib/earmark/store
USER 10001
WORKDIR /var/lib/earmark
VOLUME /var/lib/earmark/store

CMD ["earmark", "worker"]
