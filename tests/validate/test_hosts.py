"""What the hint says where an image names the host of its registry."""

from __future__ import annotations

import pytest

from catalogctl.source.document import parse
from catalogctl.source.settings import Settings
from catalogctl.validate import check_plugin
from support.catalogs import plugin

HOST = "registry.example.org"
MAINTAINER = f"; a maintainer lists {HOST} under registries in catalog.yaml"
AT_HOST = f'write "registry_url: {HOST}" and "image: acme/x"'
AT_ECR = 'write "registry_type: AWS_PUBLIC_ECR", "registry_url: public.ecr.aws" and "image: acme/x"'
NO_HOST = 'write "image: acme/x" and the host, such as ghcr.io, as registry_url'


def hint(image: str, settings: Settings, **fields: str) -> str:
    """Return the hint of the problem with the host in an image."""
    text = plugin("plugin-x", image=image, **fields)
    _, problems = check_plugin(parse("plugin-x.yaml", "plugin-x", text.encode()), settings)
    (found,) = [each for each in problems if each.code == "image-host"]
    return found.hint


@pytest.mark.parametrize(
    ("image", "settings", "said"),
    [
        (f"{HOST}/acme/x", Settings(), AT_HOST + MAINTAINER),
        (f"{HOST}/acme/x", Settings(registries={HOST: {}}), AT_HOST),
        ("ghcr.io/acme/x", Settings(), AT_HOST.replace(HOST, "ghcr.io")),
        ("public.ecr.aws/acme/x", Settings(), AT_ECR),
        ("docker.io/acme/x", Settings(), 'write "image: acme/x"'),
        ("https://docker.io/acme/x:1.0", Settings(), 'write "image: acme/x"'),
        ("a_b:1/acme/x", Settings(), NO_HOST),
        (
            "http://[::1]:5000/acme/x",
            Settings(registries={"[::1]:5000": {}}),
            AT_HOST.replace(HOST, "'[::1]:5000'"),
        ),
    ],
)
def test_the_hint_says_what_to_write_instead(image: str, settings: Settings, said: str) -> None:
    assert hint(f'"{image}"', settings, registry_url="registry.hub.docker.com") == said
