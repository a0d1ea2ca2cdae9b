# JupyterHub with its API alone: there is no proxy before it, and nobody gets a notebook.
import os

from jupyterhub.proxy import Proxy


class NoProxy(Proxy):
    should_start = False

    async def start(self):
        pass

    async def stop(self):
        pass

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass

    async def get_all_routes(self):
        return {}


c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.hub_bind_url = "http://127.0.0.1:" + os.environ["PORT"]
c.JupyterHub.db_url = "sqlite:///" + os.environ["FOLDER"] + "/hub.sqlite"
c.JupyterHub.cookie_secret = os.urandom(32)
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.services = [{"name": "rotator", "api_token": os.environ["ADMIN"]}]
c.JupyterHub.load_roles = [
    {"name": "rotator", "scopes": ["admin:users", "tokens", "read:users"], "services": ["rotator"]}
]
