#!/usr/bin/env python3
"""Run random lives of containers whose plugins fail at random, and check that each of them can be deleted (root).

  lives.py BRAID [--lives N] [--workers N] [--seed N]      defaults: 2000, 4, 1

A life is one container with a random chain. Each external plugin in it succeeds or fails at ADD and at DEL: once, some times or always, by
an error object, an exit status, a signal, or nonsense. Some operations are killed, some namespaces disappear, and the runtime mistypes its
configuration. After a few operations the time is moved on past the bound of failed undos (docs/runtimes.md). Then:

- An ADD that failed has left nothing, unless a plugin that had succeeded refused its DEL, or the ADD was killed.
- DEL or GC succeeds within the bound, and nothing is left: no record, no reservation, no link.

Prints the counts. The exit status is 0 if everything held.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time

from scratch import Scratch, run

parser = argparse.ArgumentParser()
parser.add_argument("braid")
parser.add_argument("--lives", type=int, default=2000)
parser.add_argument("--workers", type=int, default=4)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
braid = os.path.realpath(options.braid)

# The bound of failed undos: tries and seconds.
TRIES, SECONDS = 10, 600

# An external plugin. The file HOME/<name>.<operation> has its moods, one a line: each call takes the first, and the last stays.
PLUGIN = """#!/bin/sh
name=$(basename "$0")
moods="HOME/$name.$CNI_COMMAND"
input=$(cat)
mood=well
if [ -e "$moods" ]; then
  read -r mood <"$moods"
  [ "$(wc -l <"$moods")" -le 1 ] || sed -i 1d "$moods"
fi
case $mood in
well) ;;
object) echo '{"code": 101, "msg": "not today"}'; exit 1 ;;
again) echo '{"code": 11, "msg": "later"}'; exit 1 ;;
status) exit 3 ;;
signal) kill -9 $$ ;;
nonsense) echo nonsense; exit 1 ;;
empty) [ $CNI_COMMAND != ADD ] || exit 0 ;;
esac
[ $CNI_COMMAND = ADD ] || exit 0
: >"HOME/succeeded.$name"
if [ "$name" = ipam ]; then
  echo '{"cniVersion": "1.0.0", "ips": [{"address": "10.9.9.2/24"}]}'
  exit 0
fi
previous=$(printf %s "$input" | sed -n 's/.*"prevResult":\\({.*}\\)}$/\\1/p')
printf %s "${previous:-{\\"cniVersion\\":\\"1.0.0\\"\\}}"
"""
FAILURES = ["object", "again", "status", "signal", "nonsense"]
# What a person may mistype in the runtime's configuration, and a runtime in its arguments. DEL must work with all of it.
TYPOS = [{"policy": 5}, {"timeLimit": 0}, {"cniVersion": "7"}, {"name": ""}, {"prevResult": []}, {"runtimeConfig": 3}]


class Worker:
    """One worker has a state directory, a policy and a Pod of its own."""

    def __init__(self, number):
        self.random = random.Random(options.seed * 1000 + number)
        self.number, self.pod = number, scratch.pods[number]
        self.home = "%s/w%d" % (scratch.work, number)
        os.makedirs(self.home + "/bin")
        for name in ("one", "two", "ipam"):
            path = self.home + "/bin/" + name
            with open(path, "w") as file:
                file.write(PLUGIN.replace("HOME", self.home))
            os.chmod(path, 0o755)
        self.counts, self.faults = {}, []

    def chain(self):
        local = {"type": "host-local", "dataDir": self.home + "/ipam", "subnet": "10.%d.0.0/24" % (50 + self.number)}
        bridge = {"type": "bridge", "bridge": "br-l%d" % self.number, "ipam": local}
        leased = {"type": "bridge", "bridge": "br-l%d" % self.number, "ipam": {"type": "ipam"}}
        one, two = {"type": "one"}, {"type": "two"}
        return self.random.choice([[one], [one, two], [one, two], [bridge, one], [bridge, one, two], [one, bridge], [leased]])

    def moods(self):
        dice = self.random.random()
        failure = self.random.choice(FAILURES)
        if dice < 0.4:
            return ["well"]
        if dice < 0.6:
            return [failure, "well"]
        if dice < 0.7:
            return [failure] * self.random.randint(2, 4) + ["well"]
        return [failure]

    def call(self, command, kill=None, keys=None, args=None):
        configuration = {"cniVersion": "1.1.0", "name": "braid", "type": "braid", "policy": self.home + "/policy.json",
                         "stateDir": self.home + "/state", "cni.dev/valid-attachments": []}
        configuration.update(keys or {})
        env = dict(os.environ, CNI_COMMAND=command, CNI_CONTAINERID=self.container, CNI_IFNAME="eth0",
                   CNI_NETNS="/run/netns/" + self.pod, CNI_PATH=self.home + "/bin", CNI_ARGS=args or "IgnoreUnknown=1")
        process = subprocess.Popen(["nsenter", "--net=/run/netns/" + scratch.node, braid], env=env, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        timer = threading.Timer(kill, process.kill) if kill is not None else None
        if timer:
            timer.start()
        try:
            out, err = process.communicate(json.dumps(configuration), timeout=120)
        finally:
            if timer:
                timer.cancel()
        what = command + (" killed" if process.returncode < 0 else " refused" if process.returncode else "")
        self.counts[what] = self.counts.get(what, 0) + 1
        if process.returncode == 0 and "given up" in err:
            self.counts["given up"] = self.counts.get("given up", 0) + 1
        return process.returncode, out + err

    def left(self):
        """All that an attachment may leave behind, as lines."""
        found = []
        for folder in ("state/records", "state/unfinished", "state/corrupt", "ipam/odd"):
            path = os.path.join(self.home, folder)
            if os.path.isdir(path):
                found += [folder + "/" + name for name in os.listdir(path) if not name.startswith(("lock", "last_reserved"))]
        links = run("ip", "-n", scratch.node, "-o", "link").stdout.splitlines()
        found += [line for line in links if ("master br-l%d " % self.number) in line or (": br-l%d:" % self.number) in line]
        found += [line for line in run("ip", "-n", self.pod, "-o", "link").stdout.splitlines() if ": lo:" not in line]
        return found

    def pass_time(self):
        """Move the first failed undo back in the record, as if the time of the bound had passed. Half of the records come near the tries of
        the bound as well, which saves calls."""
        path = "%s/state/unfinished/%s@eth0.json" % (self.home, self.container)
        try:
            with open(path) as file:
                record = json.load(file)
        except FileNotFoundError:
            return
        failed = record.get("failedUndo")
        if failed:
            failed["since"] -= SECONDS + 1
            if self.random.random() < 0.8:
                failed["tries"] = max(failed["tries"], TRIES - 2)
            with open(path, "w") as file:
                json.dump(record, file)

    def live(self, number):
        self.container = "c%d-%d" % (self.number, number)
        chain = self.chain()
        policy = {"apiVersion": "braid/v1", "kind": "Policy", "networks": {"odd": {"chain": chain}},
                  "rules": [{"name": "all", "attach": [{"network": "odd"}]}]}
        self.write("policy.json", json.dumps(policy))
        for name in ("one", "two", "ipam"):
            if os.path.exists(self.home + "/succeeded." + name):
                os.unlink(self.home + "/succeeded." + name)
            for operation in ("ADD", "DEL"):
                self.write("%s.%s" % (name, operation), "\n".join(self.moods()) + "\n")
        story = ["chain %s" % json.dumps(chain)]
        story += ["%s %s: %s" % (n, o, self.read("%s.%s" % (n, o)).split()) for n in ("one", "two", "ipam") for o in ("ADD", "DEL")]
        before = {name: self.read(name + ".DEL").split() for name in ("one", "two", "ipam")}
        kill = self.random.random() * 0.03 if self.random.random() < 0.1 else None
        status, answer = self.call("ADD", kill)
        story.append("ADD: %d %s" % (status, answer))
        if status > 0:
            # Each plugin has been asked for DEL once. Those that succeeded at ADD and were not well then may have left something.
            succeeded = [n for n in before if os.path.exists(self.home + "/succeeded." + n)]
            if not any(before[n][0] not in ("well", "empty") for n in succeeded) and self.left():
                return self.fault("left by an ADD that failed: %s" % self.left(), story)
        for _ in range(self.random.randint(0, 3)):
            story.append(self.incident())
        for attempt in range(TRIES + 2):
            self.pass_time()
            command = self.random.choice(["DEL", "DEL", "GC"])
            typos = self.random.choice(TYPOS) if command == "DEL" and self.random.random() < 0.3 else {}
            status, answer = self.call(command, keys=typos, args="JUNK" if typos else None)
            story.append("%s: %d %s" % (command, status, answer))
            if status == 0:
                break
        else:
            return self.fault("cannot be deleted", story)
        if self.left():
            # A plugin that was given up may have left its own things, but Braid's are gone.
            return self.fault("left at the end: %s" % self.left(), story)

    def incident(self):
        what = self.random.choice(["DEL", "ADD", "GC", "namespace", "CHECK", "DEL killed"])
        if what == "namespace":
            run("ip", "netns", "delete", self.pod)
            subprocess.run(["ip", "netns", "add", self.pod], check=True, timeout=20)
            return what
        kill = self.random.random() * 0.02 if what == "DEL killed" else None
        status, answer = self.call(what.split()[0], kill)
        return "%s: %d %s" % (what, status, answer)

    def fault(self, text, story):
        self.faults.append(text)
        print("\n".join(["worker %d, %s: %s" % (self.number, self.container, text), *story]), flush=True)

    def write(self, name, text):
        with open(os.path.join(self.home, name), "w") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.home, name)) as file:
            return file.read()

    def work(self):
        try:
            for number in range(options.lives // options.workers):
                self.live(number)
                if len(self.faults) >= 5:
                    return
        except Exception as error:
            self.fault("the script: %r" % error, [])


scratch = Scratch("lives", pods=options.workers)
try:
    workers = [Worker(i) for i in range(options.workers)]
    threads = [threading.Thread(target=worker.work) for worker in workers]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = {}
    for worker in workers:
        for what, count in worker.counts.items():
            counts[what] = counts.get(what, 0) + count
    faults = sum(len(worker.faults) for worker in workers)
    print("%d lives by %d workers in %.0f s, seed %d: %s; %d faults" % (
        options.lives, options.workers, time.monotonic() - start, options.seed,
        ", ".join("%s %d" % pair for pair in sorted(counts.items())), faults))
finally:
    scratch.close()
sys.exit(1 if faults else 0)
