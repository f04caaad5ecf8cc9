# One image for the three processes of docker-compose.yml: web server, worker, clock.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore

# Certificates are drawn with Pango.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt ./
RUN python -m pip install --no-deps --require-hashes --requirement requirements.txt

COPY . .
# Development settings only while building: they need no secret, and collect the same files under the same names.
ENV STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
RUN python -m launch.translations \
    && UNLOCKFOCUS_ENV=development python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin unlockfocus \
    && install --directory --owner unlockfocus /srv/media

USER unlockfocus
VOLUME /srv/media
EXPOSE 8000
CMD ["gunicorn", "--config", "python:launch.web", "--bind", "0.0.0.0:8000", "--access-logfile", "-", "unlockfocus.wsgi:application"]
