import JSON
import Testing

/// Section 1: the configuration on stdin, and its well-known keys.
let inputCases: [Case] =
  [
    input("nothing", "", 6), input("a truncated object", #"{"name":"net1""#, 6), input("an unquoted key", "{name:1}", 6),
    input("an array", "[]", 6), input("a number", "5", 6), input("a string", #""net1""#, 6), input("true", "true", 6),
    input("text behind the object", #"{"name":"net1"} x"#, 6), input("two objects", #"{"name":"net1"}{}"#, 6),
    input("a trailing comma", #"{"name":"net1",}"#, 6), input("single quotes", "{'name':'net1'}", 6),
    input("a byte order mark", "\u{FEFF}{\"name\":\"net1\"}", 6),
    input("a comment", #"{"name":"net1"} // x"#, 6), input("an open string", #"{"name":"net1"#, 6),
    input("a control character in a string", "{\"name\":\"ne\u{1}t\"}", 6),
    input("a bad escape", #"{"name":"\x"}"#, 6), input("a leading zero", #"{"name":"net1","mtu":01}"#, 6),
    input("100,000 open brackets", String(repeating: "[", count: 100_000), 6),
    input("a name that is a number", #"{"name":5,"cniVersion":"0.4.0"}"#, 6),
    input("a name that is an object", #"{"name":{},"cniVersion":"0.4.0"}"#, 6),
    input("a cniVersion that is a number", #"{"name":"net1","cniVersion":1}"#, 6),
    input("a cniVersion that is an array", #"{"name":"net1","cniVersion":["1.0.0"]}"#, 6),

    input("no name", #"{"cniVersion":"0.4.0"}"#, 7, "missing network name"),
    input("an empty name", #"{"cniVersion":"0.4.0","name":""}"#, 7, "missing network name"),
    input("a name that is null", #"{"cniVersion":"0.4.0","name":null}"#, 7, "missing network name"),
  ] + badNames + badVersions + [
    Case("spec 1", "null is no configuration", Plugin.allCases) { b in
      let answer = try b.call("ADD", [:]) { $0.stdin = Array("null".utf8) }
      #expect(try [6, 7].contains(answer.error().code), "\(answer)")
    },
    Case("spec 1", "of two members of a name the last one counts", [.hostLocal, .static]) { b in
      let ipam = JSON.object(b.configuration(["ipam": statically("10.0.0.2/24")]))["ipam"].text(pretty: false)
      try b.refuses("ADD", [:], 7, "missing network name") {
        $0.stdin = Array(#"{"name":"net1","cniVersion":"0.4.0","name":"","ipam":\#(ipam)}"#.utf8)
      }
    },
    Case("item 2", "keys may be written in another case", [.static]) { b in
      let result = try b.add(["IPAM": ["Type": "static", "ADDRESSES": [["address": "10.0.0.2/24", "GATEWAY": "10.0.0.1"]]]])
      #expect(result["ips"][0]["address"] == "10.0.0.2/24" && result["ips"][0]["gateway"] == "10.0.0.1")
    },
    Case("item 3", "unknown keys, null and empty values are no error", [.static], specs: Spec.allCases) { b in
      let result = try b.add([
        "foo": [1, ["a": .null]], "dns": [:], "args": .null, "capabilities": [:], "runtimeConfig": .null, "prevResult": .null,
        "ipMasq": false,
        "ipam": ["type": "static", "Name": "x", "addresses": [["address": "10.0.0.2/24", "gateway": .null]], "routes": .null],
      ])
      #expect(Spec.flat.contains(b.spec) ? result["ip4"]["ip"] == "10.0.0.2/24" : result["ips"][0]["address"] == "10.0.0.2/24")
    },
    Case("spec 1", "white space around the object is no error", [.static]) { b in
      let text = JSON.object(b.configuration(["ipam": statically("10.0.0.2/24")])).text(pretty: true)
      let answer = try b.call("ADD", [:]) { $0.stdin = Array(" \r\n\t\(text)\n\n ".utf8) }
      #expect(try answer.result()["ips"] != nil)
    },
    Case("spec 1", "a configuration of 1 MB is read whole", [.static]) { b in
      let filler = JSON.string(String(repeating: "x", count: 1 << 20))
      let result = try b.add(["filler": filler, "ipam": statically("10.0.0.2/24")])
      #expect(result["ips"][0]["address"] == "10.0.0.2/24")
    },
    Case("spec 1", "a configuration of 20 MB is refused", Plugin.allCases, reach: .ours("the reference has no limit")) { b in
      let answer = try b.call("ADD", [:]) { $0.stdin = Array("{".utf8) + [UInt8](repeating: 32, count: 20 << 20) }
      #expect(try [6, 7].contains(answer.error().code), "\(answer.status)")
    },
  ]

private func input(_ what: String, _ text: String, _ code: Int, _ message: String? = nil) -> Case {
  Case("spec 1; item 6", "\(what) on stdin is code \(code)", Plugin.allCases) { b in
    for command in ["ADD", "DEL", "CHECK"] { try b.refuses(command, [:], code, message) { $0.stdin = Array(text.utf8) } }
  }
}

private let badNames = ["a/b", "../a", ".", "-a", "_a", "a b", "a:b", "a\n", "ä"].map { name in
  Case("spec 1", "the network name \(name.debugDescription) is code 7", Plugin.allCases) { b in
    for command in ["ADD", "DEL", "CHECK"] {
      try b.refuses(command, ["name": .string(name)], 7, "invalid characters found in network name; \(name)")
    }
  }
}

private let badVersions = ["9.9.9", "1.0", "v1.0.0", "1.0.0 ", "0.0.1", "1.0.0-rc1", "2", "0.3.2"].map { version in
  Case("spec 5; item 6", "the cniVersion \(version.debugDescription) is code 1", Plugin.allCases) { b in
    let known = Subject.specs(of: b.plugin).map { "\"\($0.rawValue)\"" }.joined(separator: " ")
    for command in ["ADD", "DEL"] {
      try b.refuses(
        command, ["cniVersion": .string(version)], 1,
        "incompatible CNI versions; config is \(version.debugDescription), plugin supports [\(known)]")
    }
  }
}
