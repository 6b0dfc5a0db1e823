#!/usr/bin/env python3
"""Check the layout of Sources: imports point down, and only a plugin's room names its type.

  scripts/layout.py           print violations; the exit status is 1 if there are any
  scripts/layout.py modules   print the modules of Package.swift with their dependencies
  scripts/layout.py types     print the types of the plugins that the sources know
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "Sources"

# The platform's modules that the product may use. Foundation is not among them, because it makes the start of the process slow.
PLATFORM = {"Glibc", "Synchronization"}

# The module that knows the plugins: it may name their types.
MODEL = "Sources/PluginModel"

# Literals that equal a plugin's type but mean something else: their place, their meaning, and the literals.
ALLOWED = [
    ("Sources/Netlink/", "kinds of links as the kernel names them", {"bridge", "macvlan", "vlan"}),
    ("Sources/Commands/Try/KernelView.swift", "a kind of link, for people", {"bridge"}),
    ("Sources/Commands/Graph/Network+Words.swift", "the use of a link, for people", {"bridge"}),
    ("Sources/Policy/Table/AttachTable.swift", "a key of an attachment", {"bandwidth"}),
    ("Sources/Policy/Decoding/AttachDecoder.swift", "a key of an attachment", {"bandwidth"}),
    ("Sources/Policy/Checks/AttachmentChecks.swift", "a key of an attachment", {"bandwidth"}),
    ("Sources/Policy/Requests/RequestElement.swift", "a key of an attachment", {"bandwidth"}),
    ("Sources/Plugins/Ruleset/RulesetLayout.swift", "the table of nf_tables", {"braid"}),
    ("Sources/Commands/Try/DerivedPolicy.swift", "a key of an attachment", {"bandwidth"}),
]

# Folders of a module, from top to bottom. A file must not name a type that a folder above its own declares.
FOLDERS = {
    "Policy": ["Lint", "Checks", "Decoding", "Facts", "Model"],
    "Netlink": ["Conntrack", "NFTables", "Netfilter", "TrafficControl", "Route", "Socket"],
    "Engine": ["Programs", "Operations", "Record", "Plan"],
}

failures = []


def fail(place, text):
    failures.append(f"{place}: {text}")


def swift_files(folder):
    return sorted(folder.rglob("*.swift"))


def relative(path):
    return path.relative_to(ROOT).as_posix()


def code(path):
    """The lines of a file without comments, numbered from 1."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = re.sub(r'("(?:[^"\\]|\\.)*")|//.*', lambda match: match.group(1) or "", line)
        yield number, text


def manifest():
    """The modules under Sources with the names of their dependencies, in the order of Package.swift."""
    text = re.sub(r"//.*", "", (ROOT / "Package.swift").read_text().replace("https://", ""))
    products = dict(re.findall(r'let (\w+) = Target\.Dependency\.product\(name: "(\w+)"', text))
    target = re.compile(
        r'(?:\bmodule\(\s*"(?P<module>\w+)",\s*\[(?P<list>[^\]]*)\])'
        r'|(?:\.(?:executableTarget|target|systemLibrary)\(\s*name: "(?P<name>\w+)"(?:,\s*dependencies: \[(?P<dependencies>[^\]]*)\])?)')
    modules = {}
    for match in target.finditer(text):
        name = match["module"] or match["name"]
        if not (SOURCES / name).is_dir():
            continue
        words = re.findall(r'"(\w+)"|(\w+)', match["list"] or match["dependencies"] or "")
        modules[name] = [string or products.get(word, word) for string, word in words]
    return modules


def table():
    """The modules in the table of docs/architecture.md, each with the number of its row."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", (ROOT / "docs/architecture.md").read_text(), re.M)
    return {name: row for row, cell in enumerate(rows) for name in re.findall(r"`(\w+)`", cell)}


def check_modules(modules):
    for folder in sorted(SOURCES.iterdir()):
        if folder.is_dir() and folder.name not in modules:
            fail(relative(folder), "no module of Package.swift")
    rows = table()
    for name, dependencies in modules.items():
        if name not in rows:
            fail("docs/architecture.md", f"the table lacks the module {name}")
        for other in dependencies:
            if other in modules and name in rows and other in rows and rows[other] <= rows[name]:
                fail("Package.swift", f"{name} depends on {other}, which is above it in docs/architecture.md")
    check_cycles(modules)
    for name, dependencies in modules.items():
        for path in swift_files(SOURCES / name):
            check_imports(path, name, set(dependencies) | PLATFORM)


def check_cycles(modules):
    done, path = set(), []

    def visit(name):
        if name in path:
            fail("Package.swift", "a cycle: " + " -> ".join(path[path.index(name):] + [name]))
            return
        if name in done:
            return
        path.append(name)
        for other in modules.get(name, []):
            visit(other)
        path.pop()
        done.add(name)

    for name in modules:
        visit(name)


def check_imports(path, module, allowed):
    kinds = "struct|enum|class|protocol|func|let|var|typealias"
    statement = re.compile(rf"^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:package|public|internal|private|fileprivate)\s+)?import\s+(?:(?:{kinds})\s+)?(\w+)")
    for number, line in code(path):
        match = statement.match(line)
        if match and match[1] not in allowed:
            fail(f"{relative(path)}:{number}", f"{module} imports {match[1]}, which Package.swift does not let it")


def check_folders():
    declaration = re.compile(r"^(?:@\w+\s+)*(?:(?:package|public|indirect|final)\s+)*(?:struct|enum|class|protocol|actor|typealias) (\w+)")
    for module, folders in FOLDERS.items():
        above = {}
        for folder in folders:
            place = SOURCES / module / folder
            if not place.is_dir():
                fail("scripts/layout.py", f"Sources/{module} has no folder {folder}")
                continue
            own = set()
            for path in swift_files(place):
                for number, line in code(path):
                    match = declaration.match(line)
                    if match:
                        own.add(match[1])
                    for word in re.findall(r"\b[A-Z]\w*", re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)):
                        if word in above:
                            fail(f"{relative(path)}:{number}", f"names {word} of {above[word]}, which is above {folder}")
            above.update((name, folder) for name in own)


def model():
    return ROOT / MODEL


def plugin_types():
    """The types of the plugins. Those of built-in plugins are cases of an enum; other plugins name their type in the declaration."""
    types = []
    for path in swift_files(model()):
        text = "\n".join(line for _, line in code(path))
        types += re.findall(r'Plugin\(\s*(?:builtIn: )?"([^"]+)",\s*\.(?:interface|chained|ipam)\b', text)
        if path.name == "BuiltInPlugin.swift":
            cases = re.findall(r'^ *case `?(\w+)`?(?: = "([^"]+)")?$', text, re.M)
            types += [raw or name for name, raw in cases]
    return types


def is_room(path, types):
    """Whether a file is in the model, or in the folder of a plugin in Sources/Plugins."""
    if model() in path.parents:
        return True
    parts = path.relative_to(SOURCES).parts
    return len(parts) > 2 and parts[0] == "Plugins" and parts[1].lower() in {name.replace("-", "") for name in types}


def check_literals():
    types = set(plugin_types())
    if len(types) < 10:
        fail(relative(model()), "the types of the plugins are not found: see plugin_types() in scripts/layout.py")
    used = set()
    for path in swift_files(SOURCES):
        if is_room(path, types):
            continue
        for number, line in code(path):
            for literal in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
                if literal not in types:
                    continue
                here = [i for i, (place, _, names) in enumerate(ALLOWED) if relative(path).startswith(place) and literal in names]
                used.update((i, literal) for i in here)
                if not here:
                    fail(f"{relative(path)}:{number}", f'the plugin "{literal}" is named outside its room: ask its facts')
    for i, (place, _, names) in enumerate(ALLOWED):
        for literal in sorted(names - {name for j, name in used if j == i}):
            fail("scripts/layout.py", f'"{literal}" is not in {place} any more: remove it from ALLOWED')


def main():
    modules = manifest()
    if sys.argv[1:] == ["modules"]:
        for name, dependencies in modules.items():
            print(f"{name}: {', '.join(dependencies)}")
    elif sys.argv[1:] == ["types"]:
        print("\n".join(plugin_types()))
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        check_modules(modules)
        check_folders()
        check_literals()
        for failure in failures:
            print(failure, file=sys.stderr)
        sys.exit(1 if failures else 0)


main()
