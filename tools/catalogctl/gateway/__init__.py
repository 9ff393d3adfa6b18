"""Serve a published catalog to SpaceONE's own clients: gRPC and REST, as its service did.

The modules, in the order in which a call passes them: `grpc_server` and `rest` read a request and
write the answer of their protocol; `admission` limits, times, counts and logs it; `plugin_calls`
and `repository_calls` answer it from an `encoded_edition`, whose values are plain JSON.
`edition_refresh` reads new editions, `lifecycle` starts and ends everything.
"""
