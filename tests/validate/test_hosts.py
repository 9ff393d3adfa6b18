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
        ("https://hub.docker.com/r/acme/x", Settings(), 'write "image: acme/x"'),
        ("hub.docker.com/r/acme/x/tags?page=1", Settings(), 'write "image: acme/x"'),
        ("https://hub.docker.com/repository/docker/acme/x", Settings(), 'write "image: acme/x"'),
        ("https://hub.docker.com/_/x", Settings(), 'write "image: library/x"'),
        (
            "https://quay.io/repository/acme/x?tab=tags",
            Settings(),
            AT_HOST.replace(HOST, "quay.io"),
        ),
        ("https://gallery.ecr.aws/acme/x/", Settings(), AT_ECR),
        (
            "https://github.com/acme/y/pkgs/container/x",
            Settings(),
            AT_HOST.replace(HOST, "ghcr.io"),
        ),
        (
            "https://github.com/orgs/acme/packages/container/package/x",
            Settings(),
            AT_HOST.replace(HOST, "ghcr.io"),
        ),
    ],
)
def test_the_hint_says_what_to_write_instead(image: str, settings: Settings, said: str) -> None:
    assert hint(f'"{image}"', settings, registry_url="registry.hub.docker.com") == said


@pytest.mark.parametrize("path", ["/tags", "/general", f"/1.0/images/sha256-{'0' * 64}"])
def test_what_follows_the_image_in_the_address_of_its_page_is_no_part_of_it(path: str) -> None:
    text = plugin("plugin-x", image=f"https://hub.docker.com/r/acme/plugin-x{path}")
    _, problems = check_plugin(parse("plugin-x.yaml", "plugin-x", text.encode()), Settings())
    assert [each.code for each in problems if each.pointer == "/image"] == ["image-host"]
