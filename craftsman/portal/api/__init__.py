"""The JSON API, `/api/v1`: an app of its own in the portal, for other programs that come with a token."""

from craftsman.portal.api.app import create_api

__all__ = ["create_api"]
