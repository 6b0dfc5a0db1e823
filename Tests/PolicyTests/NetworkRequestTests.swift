import JSON
import Testing

@testable import Policy

/// The annotation grammar (multi-net-spec 1.3, section 4), both forms.
@Suite struct NetworkRequestTests {
  private func texts(_ annotation: String) throws -> [String] { try NetworkRequest.parse(annotation).map(\.text) }

  @Test func shortForm() throws {
    #expect(try texts("") == [])
    #expect(try texts(" \t\n") == [])
    #expect(try texts("a") == ["a"])
    #expect(try texts(" a , ns/b ,c@eth1,ns-2/d@net.5 ") == ["a", "ns/b", "c@eth1", "ns-2/d@net.5"])
    #expect(try texts("a,a") == ["a", "a"])
    #expect(try texts(Array(repeating: "a", count: 64).joined(separator: ",")).count == 64)
  }

  @Test func jsonForm() throws {
    #expect(try texts("[]") == [])
    let all = try NetworkRequest.parse(
      #"""
      [{"NAME":"a","Namespace":"ns","interface":"net9","ips":["10.0.0.1","fd00::1/64"],"mac":"02:00:00:00:00:01","unknown":[1],"x.y":1,
      "infiniband-guid":"c2:11:22:33:44:55:66:77","portMappings":[{"hostPort":1,"containerPort":65535},{"hostPort":2,"containerPort":3,"protocol":"Udp","hostIP":"::"}],
      "bandwidth":{"ingressRate":8,"ingressBurst":34359738359},"default-route":["10.0.0.254","fd00::fe"],"cni-args":{"k":[true]},"deviceID":"0000:03:02.0"},
      {"name":"b","interfaceRequest":"old0","mac":null,"ips":null,"namespace":""}]
      """#)
    #expect(all.map(\.text) == ["ns/a@net9", "b@old0"])
    let options = all[0].options
    #expect(options.ips.map(\.description) == ["10.0.0.1", "fd00::1/64"])
    #expect(options.mac?.description == "02:00:00:00:00:01" && options.infinibandGUID == "c2:11:22:33:44:55:66:77")
    #expect(options.portMappings.map { "\($0.hostPort)>\($0.containerPort)/\($0.transport)" } == ["1>65535/tcp", "2>3/udp"])
    #expect(options.bandwidth?.json.text() == #"{"ingressRate":8,"ingressBurst":34359738359}"#)
    #expect(options.arguments == ["k": [true]] && options.deviceID == "0000:03:02.0")
    #expect(all[0].defaultRoute?.map(\.description) == ["10.0.0.254", "fd00::fe"])
    #expect(all[1].options == AttachmentOptions() && all[1].defaultRoute == nil)
    #expect(try NetworkRequest.parse(#"[{"name":"a","default-route":[]}]"#)[0].defaultRoute == [])
  }

  @Test(arguments: [
    ("a/b/c", #"network 1 of the annotation: "a/b/c" has more than one "/""#),
    ("x,a@b@c", #"network 2 of the annotation: "a@b@c" has more than one "@""#),
    ("A", #"network 1 of the annotation: "A" cannot be a name: write lower-case letters, digits and "-""#),
    ("-a", #"network 1 of the annotation: "-a" cannot be a name: write lower-case letters, digits and "-""#),
    ("a-", #"network 1 of the annotation: "a-" cannot be a name: write lower-case letters, digits and "-""#),
    ("a.b", #"network 1 of the annotation: "a.b" cannot be a name: write lower-case letters, digits and "-""#),
    ("/a", #"network 1 of the annotation: "" cannot be a namespace: write lower-case letters, digits and "-""#),
    ("a/", #"network 1 of the annotation: "" cannot be a name: write lower-case letters, digits and "-""#),
    (
      "a@",
      #"network 1 of the annotation: "" cannot name an interface: write 1 to 15 bytes without "/", ":", "%", white space and control characters"#
    ),
    (
      "a@0123456789abcdef",
      #"network 1 of the annotation: "0123456789abcdef" cannot name an interface: write 1 to 15 bytes without "/", ":", "%", white space and control characters"#
    ),
    (",", "network 1 of the annotation: it is empty: remove the extra comma"),
    (#"{"name":"a"}"#, "the annotation must be a list of networks, not an object: put it into brackets"),
    (#""a""#, "the annotation must be a list of networks, not a string: put it into brackets"),
    (#"[{"name":"a"}"#, "the annotation is not JSON: the JSON text ends before the value is complete at line 1, column 14"),
    ("[a]", "the annotation is not JSON: expected a value at line 1, column 2"),
    (#"["a"]"#, "network 1 of the annotation: it must be an object, not a string"),
    ("[{}]", #"network 1 of the annotation: the key "name" is missing"#),
    (#"[{"name":1}]"#, "network 1 of the annotation: name must be a string, not a number"),
    (#"[{"name":"a","ips":"10.0.0.1"}]"#, "network 1 of the annotation: ips must be a list, not a string"),
    (#"[{"name":"a","ips":[]}]"#, "network 1 of the annotation: ips: the list is empty"),
    (#"[{"name":"a","ips":["10.0.0"]}]"#, "network 1 of the annotation: ips: invalid IP address: 10.0.0"),
    (#"[{"name":"a","ips":[1]}]"#, "network 1 of the annotation: ips must be a list of strings, not a number"),
    (#"[{"name":"a","mac":"02:00"}]"#, "network 1 of the annotation: mac: invalid MAC address: 02:00"),
    (
      #"[{"name":"a","infiniband-guid":"02:00"}]"#,
      "network 1 of the annotation: infiniband-guid: it must be 8 bytes such as c2:11:22:33:44:55:66:77"
    ),
    (
      #"[{"name":"a","portMappings":[{"hostPort":0,"containerPort":1}]}]"#,
      "network 1 of the annotation: portMappings: hostPort must be a number from 1 to 65535"
    ),
    (#"[{"name":"a","portMappings":[{"hostPort":1}]}]"#, "network 1 of the annotation: portMappings: containerPort is missing"),
    (
      #"[{"name":"a","portMappings":[{"hostPort":1,"containerPort":1,"protocol":"icmp"}]}]"#,
      "network 1 of the annotation: portMappings: the protocol must be tcp, udp or sctp"
    ),
    (#"[{"name":"a","bandwidth":{"ingressBurst":1}}]"#, "network 1 of the annotation: bandwidth: ingressBurst needs its rate"),
    (
      #"[{"name":"a","bandwidth":{"ingressRate":1.5}}]"#,
      "network 1 of the annotation: bandwidth: ingressRate must be a whole number of bits"
    ),
    (
      #"[{"name":"a","default-route":["10.0.0.1","10.0.0.2"]}]"#,
      "network 1 of the annotation: default-route: more than one IPv4 gateway"
    ),
    (#"[{"name":"a","cni-args":"x"}]"#, "network 1 of the annotation: cni-args must be an object, not a string"),
    (
      #"[{"name":"a","ips":["10.0.0.1"],"ipam-claim-reference":"c"}]"#,
      "network 1 of the annotation: ipam-claim-reference: it cannot stand beside ips"
    ),
  ])
  func refusals(_ annotation: String, _ expected: String) {
    let error = #expect(throws: RequestSyntaxError.self) { try NetworkRequest.parse(annotation) }
    #expect(error?.description == expected)
  }

  /// Keys that nobody reads are named, with the key that was probably meant.
  @Test(arguments: [
    (#"{"name":"a","macRequest":"02:00:00:00:00:01"}"#, #"the key "macRequest" is not read; did you mean "mac"?"#),
    (#"{"name":"a","interfce":"net9"}"#, #"the key "interfce" is not read; did you mean "interface"?"#),
    (#"{"name":"a","ipRequest":["10.0.0.1"]}"#, #"the key "ipRequest" is not read; did you mean "ips"?"#),
    (#"{"name":"a","default_route":["10.0.0.1"]}"#, #"the key "default_route" is not read; did you mean "default-route"?"#),
    (#"{"name":"a","colour":"red"}"#, #"the key "colour" is not read"#),
    (
      #"{"name":"a","portMappings":[{"hostPort":1,"containerPort":2,"hostip":"::1","protcol":"udp"}]}"#,
      #"the key "protcol" of portMappings is not read; did you mean "protocol"?"#
    ),
    (#"{"name":"a","bandwidth":{"rate":1}}"#, #"the key "rate" of bandwidth is not read"#),
  ])
  func unreadKeys(_ element: String, _ expected: String) throws {
    let request = try #require(try NetworkRequest.parse("[\(element)]").first)
    #expect(request.unreadKeys.map(\.description) == [expected])
  }

  @Test func gatewayIsNoKey() throws {
    let pod = Pod(annotations: ["k8s.v1.cni.cncf.io/networks": #"[{"name":"a"},{"name":"b","interface":"n3","gateway":["::1"]}]"#]
    )
    let remark = try #require(pod.annotationRemarks.first)
    #expect(pod.annotationRemarks.count == 1)
    #expect(remark.hasPrefix(#"k8s.v1.cni.cncf.io/networks: network 2 ("b@n3"): the key "gateway" is not read; "default-route""#))
  }

  /// Every key that is read is known, in any case.
  @Test func knownKeysAreRead() throws {
    let all = RequestElement.keys(of: nil).map { "\"\($0.uppercased())\":null" }.joined(separator: ",")
    #expect(RequestElement(try #require(try JSON(parsing: "{\(all)}").object)).unreadKeys == [])
  }

  @Test func bounds() {
    #expect(throws: RequestSyntaxError.tooMany(limit: 64)) {
      try NetworkRequest.parse(Array(repeating: "a", count: 65).joined(separator: ","))
    }
    #expect(throws: RequestSyntaxError.tooLong(limit: 262144)) { try NetworkRequest.parse(String(repeating: "a", count: 262145)) }
    let items = Array(repeating: #"{"name":"a"}"#, count: 65).joined(separator: ",")
    #expect(throws: RequestSyntaxError.tooMany(limit: 64)) { try NetworkRequest.parse("[\(items)]") }
  }

  /// Mutations of good annotations. Nothing may crash, and an accepted annotation can be written again.
  @Test func mutations() {
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let seeds = [
      "a,ns/b@eth0",
      #"[{"name":"a","ips":["10.0.0.1/8"],"portMappings":[{"hostPort":1,"containerPort":2}],"default-route":["::1"]}]"#,
    ]
    let pieces = Array("[]{}\",:/@\\ -\u{0}é0x").map(String.init)
    for _ in 0..<20_000 {
      var text = Array(seeds[random(2)])
      for _ in 0...random(4) {
        let at = random(text.count)
        switch random(3) {
        case 0: text.insert(contentsOf: pieces[random(pieces.count)], at: at)
        case 1: text.remove(at: at)
        default: text[at] = Character(pieces[random(pieces.count)])
        }
        if text.isEmpty { text = ["a"] }
      }
      do {
        for request in try NetworkRequest.parse(String(text)) { #expect(!request.text.isEmpty) }
      } catch { #expect(!error.description.isEmpty) }
    }
  }
}
