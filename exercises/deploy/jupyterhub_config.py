"""A class on one server: students answer in JupyterLab, one instructor grades in formgrader.

As root, in the folder of this file: `jupyterhub -f jupyterhub_config.py`. Everybody has an account
of the machine; who is not the instructor is a student. See exercises/README.md.
"""

import os

c = get_config()  # noqa: F821  # traitlets defines it

INSTRUCTOR = os.environ.get("INSTRUCTOR", "instructor")

c.JupyterHub.bind_url = os.environ.get("HUB_URL", "http://127.0.0.1:8000")
c.JupyterHub.cookie_secret_file = "/var/lib/jupyterhub/cookie_secret"
c.JupyterHub.db_url = "sqlite:////var/lib/jupyterhub/jupyterhub.sqlite"

# PAM: the machine's accounts and passwords. `admin` may end servers, but is not root.
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {INSTRUCTOR}
c.LocalAuthenticator.create_system_users = False

c.Spawner.default_url = "/lab"
c.Spawner.args = ["--ServerApp.root_dir=~"]


def formgrader_for_the_instructor(spawner) -> None:
    """Students' servers have no formgrader; they could not read the gradebook anyway."""
    if spawner.user.name != INSTRUCTOR:
        off = '{"nbgrader.server_extensions.formgrader": false}'
        spawner.args = [*spawner.args, f"--ServerApp.jpserver_extensions={off}"]


c.Spawner.pre_spawn_hook = formgrader_for_the_instructor
