"""Check the documents, the pictures and the icon of a plugin."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from catalogctl.did_you_mean import did_you_mean
from catalogctl.picture_formats import ENDINGS, NAMES, picture_format
from catalogctl.source.character_names import character_name
from catalogctl.source.document_folders import DOCS, README
from catalogctl.source.flaws import TOP, Place, place_of_byte
from catalogctl.source.markdown_parser import addresses, heading_names, parse_markdown
from catalogctl.source.merge_conflicts import MESSAGE, first_conflict
from catalogctl.source.positions import MAX_REPORTED
from catalogctl.source.strict_yaml import REFUSED
from catalogctl.source.text_lines import place_of
from catalogctl.validate.finding import Finding, problem
from catalogctl.validate.rules.secrets import credentials_of_text
from catalogctl.validate.svg_rules import svg_flaw
from catalogctl.web_addresses import image_hosts, is_relative, path_from, picture, web_link
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.problem import Problem
    from catalogctl.source.document_folders import PluginFile, ReadDocuments
    from catalogctl.source.markdown_parser import Address
    from catalogctl.source.settings import Settings

MAX_PICTURES = 20
MAX_ICON_WIDTH = 1024


def check_documents(plugin_id: str, read: ReadDocuments, settings: Settings) -> list[Problem]:
    """Return the problems of all that was read of a plugin beside its file."""
    texts = _Texts(plugin_id, read, settings)
    problems = [*read.problems, *texts.problems()]
    problems.extend(_check_pictures(read, texts.used))
    problems.extend(_check_icons(read.icons))
    return sorted(problems)


def orphan(file: PluginFile, plugin_id: str) -> Problem:
    """Return the problem of a document or an icon of a plugin that the catalog does not have."""
    hint = "remove it, or bring the plugin's file back"
    finding = Finding("", f"no plugin {plugin_id} is in this catalog", hint)
    return problem("document-orphan", file.file, TOP, finding)


_NOT_UTF_8 = ("this is not UTF-8", "save it as UTF-8")


class _Texts:
    """The documents of a plugin; `used` are the names of the pictures that they show."""

    def __init__(self, plugin_id: str, read: ReadDocuments, settings: Settings) -> None:
        self._folder = f"{DOCS}/{plugin_id}/"
        self._read = read
        self._hosts = image_hosts(settings.site.image_hosts)
        self._has_repository = web_link(settings.site.repository_url) is not None
        self.used: set[str] = set()

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of every document."""
        for name, text in self._read.texts.items():
            yield from self._of_text(name, text)

    def _of_text(self, name: str, text: PluginFile) -> Iterator[Problem]:
        try:
            decoded = text.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            where = place_of_byte(text.data, error.start)
            yield problem("not-utf-8", text.file, where, Finding("", *_NOT_UTF_8))
            return
        yield from _credentials(text.file, decoded)
        yield from _refused_characters(text.file, decoded)
        if line := first_conflict(text.data):
            hint = "keep one side and remove the markers"
            yield problem("merge-conflict", text.file, Place(line, 1), Finding("", MESSAGE, hint))
        parsed = parse_markdown(decoded)
        names = {each for _, each in heading_names(parsed.tokens)} if name == README else set()
        for address in addresses(parsed):
            if address.is_picture:
                finding = self._of_picture(address)
            else:
                finding = self._of_link(address, names)
            if finding is not None:
                yield problem(finding.code, text.file, address.place, finding)

    def _of_link(self, address: Address, names: set[str]) -> Finding | None:
        """Return what is wrong with a link that a page does not follow, else None."""
        shown = quote(address.written)
        if web_link(address.address):
            return None
        if address.address.startswith("#"):
            if unquote(address.address[1:]) in names:
                return None
            hint = did_you_mean(address.written[1:], names) or "name a heading of this README.md"
            message = f"no heading has the name of the link {shown}"
            return Finding("", message, hint, code="document-link")
        if not is_relative(address.address):
            message = f"the link {shown} is shown as text"
            hint = "only https:, http: and paths in the repository can be followed"
            return Finding("", message, hint, code="document-link")
        if self._has_repository:
            return None
        message = f"the link {shown} leads nowhere: catalog.yaml names no repository"
        hint = "write the whole address, or set site.repository_url in catalog.yaml"
        return Finding("", message, hint, code="document-link")

    def _of_picture(self, address: Address) -> Finding | None:
        """Return what is wrong with a picture that a page does not show, else None."""
        shown, folder, pictures = quote(address.written), self._folder, self._read.pictures
        path = path_from("", address.address)
        if path is not None and path in pictures:
            self.used.add(path)
            return None
        if is_relative(address.address):
            hint = did_you_mean(address.written, pictures) or f"put the picture into {folder}"
            message = f"the picture {shown} is not in {folder}"
            return Finding("", message, hint, code="picture-missing")
        if picture(address.address, self._hosts):
            return None
        message = f"the picture {shown} is not shown: its host is not in site.image_hosts"
        if not web_link(address.address):
            message = f"the picture {shown} is not shown: this is not the address of a picture"
        hint = f"put the picture into {folder}, and write only its name"
        return Finding("", message, hint, code="picture-foreign")


def _credentials(file: str, text: str) -> Iterator[Problem]:
    for where, finding in credentials_of_text(text):
        yield problem("secret-value", file, where, finding)


def _refused_characters(file: str, text: str) -> Iterator[Problem]:
    for found in islice(REFUSED.finditer(text), MAX_REPORTED):
        finding = Finding("", f"{character_name(found[0])} is not allowed", "remove it")
        yield problem("refused-character", file, place_of(text, found.start()), finding)


def _check_pictures(read: ReadDocuments, used: set[str]) -> Iterator[Problem]:
    """Yield the problems of the pictures that belong to documents."""
    pictures = read.pictures
    for number, (name, file) in enumerate(sorted(pictures.items()), start=1):
        if number > MAX_PICTURES:
            message = f"the folder has {len(pictures)} pictures; at most {MAX_PICTURES} are allowed"
            yield problem(
                "picture-count", file.file, TOP, Finding("", message, "remove some of them")
            )
            break
        finding = _wrong_format(name, file.data)
        if finding is not None:
            yield problem("picture-format", file.file, TOP, finding)
        elif name not in used:
            hint = "show it in README.md or CHANGELOG.md, or remove it"
            finding = Finding("", "no document of this plugin shows this picture", hint)
            yield problem("picture-unused", file.file, TOP, finding)


def _wrong_format(name: str, data: bytes) -> Finding | None:
    """Return what is wrong with the format of a picture, None if its name says what it is."""
    meant, found = ENDINGS[name.rpartition(".")[2]], picture_format(data)
    if found is None:
        message = f"this is not a {NAMES[meant]} picture that can be shown"
        return Finding("", message, "save it as PNG, WebP, GIF or JPEG")
    if found.name != meant:
        message = f"this is a {NAMES[found.name]} picture, not a {NAMES[meant]} picture"
        return Finding("", message, f"rename it to *.{found.name}")
    return None


def _check_icons(icons: Sequence[PluginFile]) -> Iterator[Problem]:
    """Yield the problems of a plugin's icon, of which there is one."""
    for other in icons[1:]:
        finding = Finding("", f"the plugin has another icon, {icons[0].file}", "remove one of them")
        yield problem("icon-twice", other.file, TOP, finding)
    for icon in icons:
        if icon.path.endswith(".svg"):
            yield from _check_svg(icon)
        else:
            yield from _check_png(icon)


def _check_svg(icon: PluginFile) -> Iterator[Problem]:
    try:
        text = icon.data.decode()
    except UnicodeDecodeError as error:
        where = place_of_byte(icon.data, error.start)
        yield problem("not-utf-8", icon.file, where, Finding("", *_NOT_UTF_8))
        return
    yield from _credentials(icon.file, text)
    flaw = svg_flaw(icon.data)
    if flaw is not None:
        yield problem("icon-svg", icon.file, flaw.place, Finding("", flaw.message, flaw.hint))


def _check_png(icon: PluginFile) -> Iterator[Problem]:
    found = picture_format(icon.data)
    if found is None or found.name != "png":
        finding = Finding("", "this is not a PNG picture", "save it as PNG")
    elif found.width != found.height or found.width > MAX_ICON_WIDTH:
        message = f"the icon has {found.width} by {found.height} pixels"
        hint = f"make it square, with at most {MAX_ICON_WIDTH} by {MAX_ICON_WIDTH} pixels"
        finding = Finding("", message, hint)
    else:
        return
    yield problem("icon-png", icon.file, TOP, finding)
