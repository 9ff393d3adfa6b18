"""Serve a published catalog to SpaceONE's own clients: gRPC and REST, as its service did.

The modules, in the order in which a call passes them: `grpc_server` and `rest` read a request and
write the answer of their protocol; `admission` limits, times, counts and logs it; `calls` answers
it from an `edition`, whose values are plain JSON. `refresh` reads new editions, `lifecycle` starts
and ends everything.
"""
