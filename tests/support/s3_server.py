"""A real S3 server of this machine (moto's), as a process of its own, on a free port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECONDS = 60
BUCKET = "plugins"
_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "a-secret-of-nobody",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@contextmanager
def serving() -> Iterator[str]:
    """Start a server without buckets, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as the server takes connections."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "the S3 server ended"
            assert time.monotonic() < deadline, "the S3 server does not answer"
            time.sleep(0.05)
        else:
            return


def variables(address: str) -> Mapping[str, str]:
    """Return the environment in which the tools of S3 find a server."""
    return {**_VARIABLES, "AWS_ENDPOINT_URL": address, "HOME": os.devnull}


def _anyone_reads(name: str) -> dict[str, object]:
    """Return the policy of a bucket that is a website."""
    resource = f"arn:aws:s3:::{name}/*"
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [allow]}


class Bucket:
    """What is in a bucket, by the server's own word; anyone may read it without a login."""

    def __init__(self, address: str, name: str = BUCKET) -> None:
        self.name = name
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=address,
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
            region_name="us-east-1",
        )
        self.client.create_bucket(Bucket=name)
        self.client.put_bucket_policy(Bucket=name, Policy=json.dumps(_anyone_reads(name)))

    def keys(self, prefix: str = "") -> list[str]:
        """Return the keys below a prefix, without it."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix
        )
        return [
            each["Key"].removeprefix(prefix) for page in pages for each in page.get("Contents", [])
        ]

    def files(self, prefix: str = "") -> dict[str, bytes]:
        """Return the objects below a prefix, but for what publishing remembers there."""
        return {
            key: self.get(prefix + key)["Body"].read()
            for key in self.keys(prefix)
            if not key.startswith(".catalogctl/")
        }

    def written(self) -> dict[str, object]:
        """Return when each object was written."""
        return {key: self.get(key)["LastModified"] for key in self.keys("")}

    def get(self, key: str) -> Any:
        """Return an object with its headers."""
        return self.client.get_object(Bucket=self.name, Key=key)

    def put(self, key: str, data: bytes) -> None:
        """Write an object behind catalogctl's back."""
        self.client.put_object(Bucket=self.name, Key=key, Body=data)
