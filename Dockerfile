# An image of the grader: `podman build --tag chainrule .`; docs/jupyterhub.md says how to run it.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends python3-venv
WORKDIR /source
COPY requirements-uv.lock requirements.lock ./
RUN python3 -m venv /opt/grader && \
    /opt/grader/bin/pip install --quiet --require-hashes --requirement requirements-uv.lock && \
    /opt/grader/bin/uv pip install --quiet --python /opt/grader/bin/python --compile-bytecode \
      --require-hashes --requirement requirements.lock
COPY . .
RUN /opt/grader/bin/hatchling build --target wheel && \
    /opt/grader/bin/uv pip install --quiet --python /opt/grader/bin/python --no-deps dist/*.whl && \
    /opt/grader/bin/uv pip uninstall --quiet --python /opt/grader/bin/python uv

FROM ${BASE}
RUN apt-get update --quiet && \
    apt-get install --quiet --yes --no-install-recommends python3 && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --create-home --uid 1000 grader && \
    install --directory --owner grader --group grader /course
COPY --from=build /opt/grader /opt/grader
ENV PATH=/opt/grader/bin:$PATH LANG=C.UTF-8
USER grader
WORKDIR /course
VOLUME /course
HEALTHCHECK --interval=5m --timeout=60s --start-period=30s CMD ["grader", "doctor"]
ENTRYPOINT ["grader"]
CMD ["--help"]
