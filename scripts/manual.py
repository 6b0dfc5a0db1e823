#!/usr/bin/env python3
"""Print the manual page of braidctl in mdoc(7). It is made from the command tree: manual.py BRAIDCTL"""
import json
import re
import subprocess
import sys
import textwrap

DATE = "November 23, 2026"

HEAD = """\
.\\" Made by scripts/manual.py of what the commands say about themselves.
.Dd {date}
.Dt BRAIDCTL 1
.Os Braid {version}
.Sh NAME
.Nm braidctl
.Nd check, explain and try network policies before they reach a node
.Sh SYNOPSIS
"""

DESCRIPTION = """\
.Sh DESCRIPTION
.Nm
works on the policies of
.Xr braid 8 ,
the files that say which Pod gets which networks.
Unless a command says otherwise it needs neither privileges nor a node, and
reads no file but those that are named.
The answer goes to the standard output, and everything else to the standard
error.
.Pp
The commands are:
"""

TAIL = """\
.Sh ENVIRONMENT
.Bl -tag -width NO_COLOR
.It Ev NO_COLOR
Where it is set and not empty, nothing is coloured unless
.Fl -color Cm always
asks for it.
.It Ev TERM
Where it is
.Cm dumb ,
nothing is coloured either.
.El
.Sh EXIT STATUS
Every command ends in the same way, whatever the format of its answer:
.Pp
.Bl -tag -width Ds -compact
.It 0
There is nothing to mend.
.It 1
There are findings.
.It 2
The command line cannot be understood.
.It 3
A file cannot be read, or the answer cannot be written.
.It 70
A fault of
.Nm
itself; please report it.
.El
.Sh SEE ALSO
.Xr braid 8
"""


def text(line):
    """A line of running text."""
    line = line.replace("\\", "\\e").replace("-", "\\-" if re.search(r"(^|\s)-", line) else "-")
    return "\\&" + line if line[:1] in ".'" else line


def prose(words):
    """Paragraphs. Indented lines are kept as they are."""
    out, literal, fresh = [], False, True
    for line in words.split("\n"):
        indented = line.startswith("  ")
        if literal and not indented and line.strip():
            out.append(".Ed")
            literal, fresh = False, True
        if not line.strip():
            fresh = True
        elif indented:
            if not literal:
                out.append(".Bd -literal -offset indent")
                literal = True
            out.append(text(line[2:]))
        else:
            # A display makes its own space.
            if fresh and out:
                out.append(".Pp")
            for sentence in re.split(r"(?<=[.;:]) (?=[A-Za-z])", line):
                out += map(text, textwrap.wrap(sentence, 76, break_long_words=False, break_on_hyphens=False))
            fresh = False
    if literal:
        out.append(".Ed")
    return out


def placeholder(argument):
    return "Ar " + argument["valueName"].replace(" ", "-")


def names(argument):
    """The names of an option, each written as a macro."""
    return [("Fl " if name["kind"] == "short" else "Fl -") + name["name"] for name in argument.get("names", [])]


def synopsis(path, arguments):
    lines = [".Nm", *(f".Cm {word}" for word in path)]
    for argument in arguments:
        if argument["kind"] == "positional":
            words = placeholder(argument) + (" ..." if argument["isRepeating"] else "")
        elif argument["valueName"] in ("version", "help"):
            continue
        else:
            words = names(argument)[-1] + (f" {placeholder(argument)}" if argument["kind"] == "option" else "")
        lines.append(f".Op {words}" if argument["isOptional"] else f".{words}")
    return lines


def options(arguments):
    shown = [a for a in arguments if a.get("shouldDisplay", True) and a["valueName"] not in ("version", "help")]
    if not shown:
        return []
    out = [".Bl -tag -width Ds"]
    for argument in shown:
        if argument["kind"] == "positional":
            out.append(f".It {placeholder(argument)}" + (" ..." if argument["isRepeating"] else ""))
        else:
            value = f" {placeholder(argument)}" if argument["kind"] == "option" else ""
            out.append(".It " + " , ".join(name + value for name in names(argument)))
        out += prose(argument.get("abstract", "")) + prose(argument.get("discussion", ""))
        if argument.get("defaultValue") and argument["kind"] == "option":
            out.append(f"The default is {text(argument['defaultValue'])}.")
    return out + [".El"]


def leaves(command, path=()):
    """The commands without subcommands, each with its words on the command line."""
    for child in command.get("subcommands", []):
        if child["commandName"] == "help" or not child.get("shouldDisplay", True):
            continue
        words = (*path, child["commandName"])
        if child.get("subcommands"):
            yield from leaves(child, words)
        else:
            yield words, child


def page(program):
    run = lambda *words: subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout
    commands = list(leaves(json.loads(run("--experimental-dump-help"))["command"]))
    out = [HEAD.format(date=DATE, version=run("--version").strip()).rstrip()]
    for path, command in commands:
        out += synopsis(path, command.get("arguments", []))
    out.append(DESCRIPTION.rstrip())
    for path, command in commands:
        out.append(f".Ss braidctl {' '.join(path)}")
        out += prose(command["abstract"])
        details = prose(command.get("discussion", ""))
        listed = options(command.get("arguments", []))
        out += listed
        if details:
            out += details if details[0].startswith(".Bd") else [".Pp", *details]
    return "\n".join(out) + "\n" + TAIL


sys.stdout.write(page(sys.argv[1]))
