# The book, the library and the course in one image, without a GPU:
#
#   docker build -t deep-learning-101 .
#   docker run --rm -p 8888:8888 deep-learning-101                         # JupyterLab
#   docker run --rm -v "$PWD/out:/book/_build" deep-learning-101 make book  # out/html/index.html
#
# The grader makes namespaces of its own, which Docker must permit:
#
#   docker run --rm --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#       --security-opt systempaths=unconfined deep-learning-101 .venv/bin/dlgrade doctor

FROM python:3.11-slim-bookworm AS system
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium chromium-driver g++ git make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home reader \
    && install -d -o reader /book

FROM system
USER reader
WORKDIR /book
COPY --chown=reader . .
RUN make exercises TORCH_INDEX=https://download.pytorch.org/whl/cpu && rm -rf ~/.cache
EXPOSE 8888
CMD [".venv/bin/jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]
