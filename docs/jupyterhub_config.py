"""JupyterHub for a class: each student gets the lessons, one thread and a memory limit.

Load it at the end of your hub's own jupyterhub_config.py, which says who may log in and where servers run:

    load_subconfig("/srv/mnet/docs/jupyterhub_config.py")

/srv/mnet stands for a clone of this repository that every student may read, installed with `pip install -e`
where the students' servers find it.
"""

import shlex
from pathlib import Path

c = get_config()  # noqa: F821  which JupyterHub puts there

# The student's own process copies: root would follow a link that a student laid. What is there stays as the
# student left it (-n), and lessons that are new come along.
course = Path(__file__).resolve().parents[1]
copy = f"mkdir -p ~/mnet; cp -rn {shlex.quote(str(course / 'notebooks'))} ~/mnet"
c.Spawner.cmd = ["bash", "-c", f'{copy}; exec jupyterhub-singleuser "$@"', "bash"]
c.Spawner.default_url = "/lab/tree/mnet/notebooks/00_start.ipynb"

c.Spawner.environment.update(
    {
        "OPENBLAS_NUM_THREADS": "1",  # more would take the next student's cores
        # As `mnet lab`: no busy icon, no question about news.
        "JUPYTER_CONFIG_PATH": str(course / "mnet" / "cli" / "jupyter"),
    }
)
c.Spawner.mem_limit = "1G"  # the spawners for systemd, Docker and Kubernetes hold to it
c.Spawner.start_timeout = c.Spawner.http_timeout = 300  # a class logs in within one minute

c.Spawner.args.extend(
    [
        # A kernel that nobody uses or looks at goes after an hour, then its server. To end servers whose page
        # stays open as well, add jupyterhub-idle-culler, which The Littlest JupyterHub and most hubs have.
        "--MappingKernelManager.cull_idle_timeout=3600",
        "--ServerApp.shutdown_no_activity_timeout=3600",
        # Nothing asks the network.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
)
