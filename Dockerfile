# The image of `waymark serve`: the browser script, the program, and nothing else that is not needed to run it.

FROM node:24-slim AS web
WORKDIR /src/web
COPY web/ ./
RUN npm ci && npm run build

FROM rust:1-slim AS build
# SQLite and zstd are built from C.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=web /src/web/tracker/dist web/tracker/dist
RUN cargo build --locked --profile dist --package waymark-server --bin waymark

FROM debian:stable-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin waymark \
    && install --directory --owner=waymark --group=waymark --mode=0700 /data
COPY --from=build /src/target/dist/waymark /usr/local/bin/waymark
USER waymark
ENV WAYMARK_DATA=/data WAYMARK_LISTEN=0.0.0.0:8080 WAYMARK_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
# Speaks to the server over the socket in the data folder, whatever address and certificate it has.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["waymark", "health"]
ENTRYPOINT ["waymark"]
CMD ["serve"]
