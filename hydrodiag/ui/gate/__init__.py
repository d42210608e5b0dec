"""The gate in front of every page: pure ASGI, so that it sees the WebSocket as well.

Nothing passes without a living session but the few doors that make one. The cookie never
reaches a page: the script gets an opaque session id and looks up who that is.
"""
