import TestSupport
import Testing

/// Section 2, "Parameters": the variables, and what is in them.
let parameterCases: [Case] =
  [
    missing("ADD", "CNI_CONTAINERID") { $0.containerID = nil },
    missing("ADD", "CNI_NETNS") { $0.netns = nil },
    missing("ADD", "CNI_IFNAME") { $0.ifName = nil },
    missing("ADD", "CNI_PATH") { $0.path = nil },
    missing("CHECK", "CNI_CONTAINERID") { $0.containerID = nil },
    missing("CHECK", "CNI_NETNS") { $0.netns = nil },
    missing("CHECK", "CNI_IFNAME") { $0.ifName = nil },
    missing("CHECK", "CNI_PATH") { $0.path = nil },
    missing("DEL", "CNI_CONTAINERID") { $0.containerID = nil },
    missing("DEL", "CNI_IFNAME") { $0.ifName = nil },
    missing("DEL", "CNI_PATH") { $0.path = nil },
    missing("ADD", "CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH") {
      ($0.containerID, $0.netns, $0.ifName, $0.path) = (nil, nil, nil, nil)
    },
    missing("CHECK", "CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH") {
      ($0.containerID, $0.netns, $0.ifName, $0.path) = (nil, nil, nil, nil)
    },
    missing("DEL", "CNI_CONTAINERID,CNI_IFNAME,CNI_PATH") {
      ($0.containerID, $0.netns, $0.ifName, $0.path) = (nil, nil, nil, nil)
    },
    missing("ADD", "CNI_CONTAINERID,CNI_NETNS") { ($0.containerID, $0.netns) = ("", "") },
    missing("GC", "CNI_PATH", specs: [.v110]) { ($0.containerID, $0.netns, $0.ifName, $0.path) = (nil, nil, nil, nil) },
    missing("STATUS", "CNI_PATH", specs: [.v110]) { ($0.containerID, $0.netns, $0.ifName, $0.path) = (nil, nil, nil, nil) },

    Case("item 6", "without CNI_COMMAND it tells on stderr what it is", Plugin.allCases) { b in
      for command in [nil, ""] as [String?] {
        let answer = try b.call("", [:]) { $0.command = command }
        #expect(answer.succeeded && answer.output.stdout.isEmpty, "\(answer)")
        #expect(answer.output.stderr.contains(b.plugin.rawValue) && answer.output.stderr.contains("0.4.0"), "\(answer)")
      }
    },
    unknownCommand("FOO"), unknownCommand("add"), unknownCommand("ADD "), unknownCommand("GET"),
  ] + badContainerIDs + badInterfaceNames + orderCases

private func missing(
  _ command: String, _ names: String, specs: [Spec] = [.v040], change: @escaping @Sendable (inout PluginCall) -> Void
) -> Case {
  Case("spec 2; item 6", "\(command) without \(names) is code 4", Plugin.allCases, specs: specs) { b in
    try b.refuses(command, [:], 4, "required env variables [\(names)] missing", change: change)
  }
}

private func unknownCommand(_ command: String) -> Case {
  Case("spec 2", "the command \"\(command)\" is code 4", Plugin.allCases) { b in
    try b.refuses(command, [:], 4, "unknown CNI_COMMAND: \(command)")
  }
}

private let badContainerIDs = ["-a", ".a", "_a", "a b", "a/b", "../a", "a:b", "a\n", "a;b", "ä", "a\u{7f}"].map { id in
  Case("spec 2", "the container ID \(id.debugDescription) is code 4", Plugin.allCases) { b in
    for command in ["ADD", "DEL", "CHECK"] {
      try b.refuses(command, [:], 4, "invalid characters in containerID; \(id)") { $0.containerID = id }
    }
  }
}

private let badInterfaceNames = [
  (".", "interface name is . or .."), ("..", "interface name is . or .."),
  ("sixteen-letters0", "interface name is too long; interface name should be less than 16 characters"),
  ("a/b", "interface name contains / or : or whitespace characters"),
  ("a:b", "interface name contains / or : or whitespace characters"),
  ("a b", "interface name contains / or : or whitespace characters"),
  ("a\tb", "interface name contains / or : or whitespace characters"),
  ("a\n", "interface name contains / or : or whitespace characters"),
].map { name, text in
  Case("spec 2", "the interface name \(name.debugDescription) is code 4", Plugin.allCases) { b in
    for command in ["ADD", "DEL", "CHECK"] { try b.refuses(command, [:], 4, text) { $0.ifName = name } }
  }
}

private let orderCases: [Case] = [
  Case("item 6", "a missing variable comes before a bad configuration", Plugin.allCases) { b in
    try b.refuses("ADD", [:], 4, "required env variables [CNI_IFNAME] missing") {
      $0.ifName = nil
      $0.stdin = Array("{".utf8)
    }
  },
  Case("item 6", "a bad container ID comes before a bad configuration", Plugin.allCases, reach: .since("1.6.0")) { b in
    try b.refuses("ADD", [:], 4, "invalid characters in containerID; -a") {
      $0.containerID = "-a"
      $0.stdin = Array("{".utf8)
    }
  },
  Case("item 6", "a bad interface name comes before a bad configuration", Plugin.allCases, reach: .since("1.6.0")) { b in
    try b.refuses("ADD", [:], 4, "interface name is . or ..") {
      $0.ifName = ".."
      $0.stdin = Array("{".utf8)
    }
  },
  Case("item 6", "a bad container ID comes before a bad interface name", Plugin.allCases) { b in
    try b.refuses("ADD", [:], 4, "invalid characters in containerID; -a") { ($0.containerID, $0.ifName) = ("-a", "..") }
  },
  Case("item 6", "a bad container ID comes before a bad version", Plugin.allCases) { b in
    try b.refuses("ADD", ["cniVersion": "9.9.9"], 4, "invalid characters in containerID; -a") { $0.containerID = "-a" }
  },
  Case("item 6", "a bad network name comes before a bad version", Plugin.allCases) { b in
    try b.refuses("ADD", ["cniVersion": "9.9.9", "name": ""], 7, "missing network name")
  },
  Case("item 6", "a bad version comes before the plugin's own errors", [.bridge, .macvlan, .hostLocal, .static]) { b in
    try b.refuses("ADD", ["cniVersion": "9.9.9", "ipam": 5], 1)
  },
]
