"""Write a minimal hugo site for a catalog: an HTML page and a JSON file per plugin.

All optional output of hugo is disabled: taxonomies, lists, feeds, sitemap, and minification. A
plugin's file is the unchanged front matter of its page; its lock is an unchanged data file.
"""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """\
baseURL = "https://plugins.example.org/"
title = "Plugin catalog"
disableKinds = ["home", "section", "taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404"]
[outputs]
page = ["HTML", "JSON"]
"""

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ .Params.plugin.name }} - {{ .Site.Title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{{ .Params.plugin.tags.description }}">
<link rel="stylesheet" href="/assets/site.css">
</head>
<body>
<header><a href="/">{{ .Site.Title }}</a> <nav><a href="/labels/">Labels</a></nav></header>
<main>
<h1>{{ .Params.plugin.name }}</h1>
<p>{{ .Params.plugin.tags.description }}</p>
<ul>{{ range .Params.plugin.labels }}<li><a href="/labels/{{ . }}/">{{ . }}</a></li>{{ end }}</ul>
<dl>
{{ range $name, $value := .Params.plugin }}<dt>{{ $name }}</dt>
<dd>{{ if reflect.IsMap $value }}<pre>{{ $value | jsonify (dict "indent" "  ") }}</pre>
{{- else }}{{ $value }}{{ end }}</dd>
{{ end }}</dl>
<h2>Versions</h2>
<table>
{{ with index .Site.Data.versions .File.BaseFileName }}{{ range .versions }}
<tr><td>{{ .tag }}</td><td>{{ .digest }}</td><td>{{ .pushed_at }}</td>
<td>{{ .size }}</td><td>{{ with .platforms }}{{ delimit . ", " }}{{ end }}</td></tr>
{{ end }}{{ end }}</table>
</main>
<footer>{{ .Site.Title }}</footer>
</body>
</html>
"""

DATA = "{{ .Params.plugin | jsonify }}\n"


def write(site: Path, catalog: Path) -> None:
    """Write the sources of a catalog's site."""
    layouts, content = site / "layouts" / "_default", site / "content" / "plugins"
    layouts.mkdir(parents=True)
    content.mkdir(parents=True)
    (site / "data").mkdir()
    (site / "config.toml").write_text(SETTINGS, encoding="utf-8")
    (layouts / "single.html").write_text(PAGE, encoding="utf-8")
    (layouts / "single.json").write_text(DATA, encoding="utf-8")
    shutil.copytree(catalog / "versions", site / "data" / "versions")
    for path in sorted((catalog / "plugins").iterdir()):
        plugin = textwrap.indent(path.read_text(encoding="utf-8"), "  ")
        page = f"---\nplugin:\n{plugin}---\n"
        (content / f"{path.stem}.md").write_text(page, encoding="utf-8")
