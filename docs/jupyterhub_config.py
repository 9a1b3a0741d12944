"""JupyterHub for a class: each student gets the lessons, one thread, and limits of memory and processors.

Load it at the end of your hub's own jupyterhub_config.py, which says who may log in and where servers run:

    load_subconfig("/srv/mnet/docs/jupyterhub_config.py")

mnet must be installed where the students' servers run: on the hub's machine, or in the containers' image.
Your start command, environment and arguments stay; this adds to them.
"""

c = get_config()  # noqa: F821  which JupyterHub puts there

c.Spawner.default_url = "/lab/tree/mnet/notebooks/00_start.ipynb"
# More threads would take the next student's cores, whichever library NumPy multiplies with.
libraries = "OPENBLAS", "OMP", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM"
c.Spawner.environment.update({f"{library}_NUM_THREADS": "1" for library in libraries})
c.Spawner.cpu_limit = 1.0  # the spawners for systemd, Docker and Kubernetes hold to both
c.Spawner.mem_limit = "1G"
c.Spawner.start_timeout = c.Spawner.http_timeout = 300  # a class logs in within one minute

c.Spawner.args.extend(
    [
        # Copies the lessons, as the student and before the server is ready, wherever it runs.
        "--ServerApp.jpserver_extensions=mnet.cli.hub=True",
        # A kernel that nobody uses or looks at goes after an hour, then its server. To end servers whose page
        # stays open as well, add jupyterhub-idle-culler, which The Littlest JupyterHub and most hubs have.
        "--MappingKernelManager.cull_idle_timeout=3600",
        "--ServerApp.shutdown_no_activity_timeout=3600",
        # Nothing asks the network.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
)
