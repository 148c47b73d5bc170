"""A class on one server: students answer in JupyterLab, the instructor grades in formgrader.

As root, in the folder of this file: `jupyterhub -f jupyterhub_config.py`. Everybody has an account
of the machine. Formgrader works on the files of who opens it, so a student's is empty.
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
