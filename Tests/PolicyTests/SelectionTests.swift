import CNI
import Diagnostics
import JSON
import NetworkTypes
import Testing

@testable import Policy

private let eth0 = try! InterfaceName("eth0")

private let text = """
  apiVersion: braid/v1
  kind: Policy
  networks:
    pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}, {type: portmap}]}
    storage:
      chain:
        - type: macvlan
          master: eth1
          ipam:
            type: host-local
            ranges: [[{subnet: 10.2.0.0/16, rangeEnd: 10.2.0.9}], [{subnet: 10.2.0.0/16, rangeStart: 10.2.0.10}]]
    v6: {chain: [{type: macvlan, master: eth2, ipam: {type: host-local, subnet: "fd00::/64"}}]}
    media.cameras: {chain: [{type: macvlan, master: eth3}]}
    plain: {chain: [{type: ipvlan, master: eth4}]}
  rules:
    - name: off
      match: {annotations: {example.com/network: {exists: false}, example.com/off: "yes"}}
      attach: [{network: plain}]
    - name: databases
      match:
        namespaces: [db, "db-*"]
        pods: ["postgres-*"]
        annotations: {example.com/tier: data}
        not: [{namespaces: [db-test]}, {annotations: {example.com/skip: "*"}}]
      attach:
        - {network: pods, defaultRoute: ipv4, portMappings: [{hostPort: 80, containerPort: 8080, protocol: TCP, hostIP: 192.0.2.1}]}
        - {network: storage, ips: [10.2.0.9, 10.2.0.10/16], mac: 02-00-00-00-00-01, mtu: 9000, args: {vlan: 7}, inResult: false}
        - {network: v6, interface: six0, defaultRoute: ipv6}
    - name: labelled
      match: {labels: {app: {equals: "a*"}}, arguments: {JOB: "batch-?"}}
      attach: [{network: plain, defaultRoute: false}, {network: storage}]
    - name: everyone
      attach: [{network: pods}]
  requests:
    - namespaces: ["media*"]
      networks: [storage, media.cameras, v6]
      defaultRoute: true
    - namespaces: [lab]
      networks: [plain, pods]
      defaultNetwork: true
  """

@Suite struct MatchTests {
  @Test(arguments: [
    (Pod(namespace: "web", name: "a"), "everyone"), (Pod(), "everyone"),
    (Pod(namespace: "db", name: "postgres-0", annotations: ["example.com/tier": "data"]), "databases"),
    (Pod(namespace: "db-eu", name: "postgres-0", annotations: ["example.com/tier": "data"]), "databases"),
    (Pod(namespace: "db-test", name: "postgres-0", annotations: ["example.com/tier": "data"]), "everyone"),
    (Pod(namespace: "db", name: "postgres-0", annotations: ["example.com/tier": "data", "example.com/skip": ""]), "everyone"),
    (Pod(namespace: "db", name: "mysql-0", annotations: ["example.com/tier": "data"]), "everyone"),
    (Pod(namespace: "db", name: "postgres-0"), "everyone"),
    (Pod(name: "postgres-0", annotations: ["example.com/tier": "data"]), "everyone"),
    (Pod(annotations: ["example.com/off": "yes"]), "off"),
    (Pod(annotations: ["example.com/off": "yes", "example.com/network": ""]), "everyone"),
    (Pod(labels: ["app": "a*"], otherArguments: ["JOB": "batch-1"]), "labelled"),
    (Pod(labels: ["app": "ab"], otherArguments: ["JOB": "batch-1"]), "everyone"),
    (Pod(labels: ["app": "a*"], otherArguments: ["JOB": "batch-10"]), "everyone"), (Pod(labels: ["app": "a*"]), "everyone"),
  ])
  func firstMatchWins(_ pod: Pod, _ rule: String) throws {
    #expect(try policy(text).select(pod, interface: eth0).rule.name == rule)
  }

  @Test func reasons() throws {
    let rules = try policy(text).rules
    let pod = Pod(namespace: "db-test", name: "web\n", annotations: ["example.com/tier": "front"])
    #expect(rules[0].match.mismatches(pod).map(\.description) == [#"there is no annotation "example.com/off""#])
    #expect(
      rules[1].match.mismatches(pod).map(\.description) == [
        #"Pod name "web\u{a}" is not "postgres-*""#, #"annotation "example.com/tier" is "front", not "data""#,
        #"the rule is not for Pods with namespace "db-test""#,
      ])
    #expect(
      rules[2].match.mismatches(Pod(labels: ["app": "x"])).map(\.description) == [
        #"label "app" is "x", not exactly "a*""#, #"there is no argument "JOB""#,
      ])
    #expect(
      rules[0].match.mismatches(Pod(annotations: ["example.com/network": "x", "example.com/off": "yes"])).map(\.description) == [
        #"there is the annotation "example.com/network""#
      ])
    #expect(rules[3].match.mismatches(pod).isEmpty)
  }

  @Test func noRule() throws {
    let policy = try policy(text.replacing("- name: everyone", with: "- name: nobody\n    match: {namespaces: [nobody]}"))
    let error = #expect(throws: SelectionError.self) { try policy.select(Pod(namespace: "web", name: "a"), interface: eth0) }
    #expect(
      error?.description
        == "no rule of the policy matches Pod web/a: add one, or a last rule without match, which matches every Pod")
  }
}

@Suite struct AttachmentTests {
  private let database = Pod(namespace: "db", name: "postgres-0", annotations: ["example.com/tier": "data"])

  @Test func namesRoutesAndOptions() throws {
    let attachments = try policy(text).select(database, interface: eth0).attachments
    #expect(attachments.map(\.interface.text) == ["eth0", "net1", "six0"])
    #expect(
      attachments.map(\.defaultRoute) == [
        DefaultRoute(families: [.ipv4], claimed: [.ipv4]), DefaultRoute(), DefaultRoute(families: [.ipv6], claimed: [.ipv6]),
      ])
    #expect(attachments.map(\.inResult) == [true, false, true])
    #expect(attachments[1].options.mtu?.bytes == 9000)
    #expect(attachments[1].options.arguments == ["vlan": 7])
    let config = JSON.object(JSONObject(attachments[1].options.runtimeConfig.map { .init($0.capability.rawValue, $0.value) }))
    #expect(config.text() == #"{"ips":["10.2.0.9","10.2.0.10/16"],"mac":"02:00:00:00:00:01"}"#)
    #expect(
      attachments[0].options.runtimeConfig.map { $0.value.text() } == [
        #"[{"hostPort":80,"containerPort":8080,"protocol":"tcp","hostIP":"192.0.2.1"}]"#
      ])
  }

  @Test func theFirstOwnsWhatNobodyClaims() throws {
    let policy = try policy(text)
    #expect(try policy.select(Pod(), interface: eth0).attachments[0].defaultRoute == DefaultRoute(families: [.ipv4, .ipv6]))
    let refusing = try policy.select(Pod(labels: ["app": "a*"], otherArguments: ["JOB": "batch-1"]), interface: eth0).attachments
    #expect(refusing.map(\.defaultRoute) == [DefaultRoute(), DefaultRoute()])
  }

  /// The option adds a plugin to this attachment's chain only, and once. A Pod cannot ask for it.
  @Test func routingBySource() throws {
    let all = text.replacing(
      "attach: [{network: pods}]",
      with: "attach: [{network: pods}, {network: v6, routing: source}, {network: v6, interface: six1}]")
    let chains = try policy(all).select(Pod(), interface: eth0).attachments.map { $0.network.chain.map(\.type) }
    #expect(chains == [["bridge", "portmap"], ["macvlan", "sbr"], ["macvlan"]])
    let given = all.replacing("subnet: \"fd00::/64\"}}]", with: "subnet: \"fd00::/64\"}}, {type: sbr, table: 7}]")
    let chain = try policy(given).select(Pod(), interface: eth0).attachments[1].network.chain
    #expect(chain.map(\.type) == ["macvlan", "sbr"] && chain[1].configuration["table"] == 7)
    let request = #"[{"name": "storage", "routing": "source"}]"#
    let pod = Pod(namespace: "media", name: "a", annotations: ["k8s.v1.cni.cncf.io/networks": request])
    let asked = try? policy(text).select(pod, interface: eth0).attachments
    #expect(asked?.last?.options.routesBySource != true)
  }

  @Test func theRuntimesInterfaceMustBeFree() throws {
    let policy = try policy(text)
    let error = #expect(throws: SelectionError.self) { try policy.select(database, interface: try InterfaceName("six0")) }
    #expect(error?.description.hasPrefix(#"the interface name "six0" of network "v6" (rule "databases", policy.yaml:"#) == true)
  }

  @Test func capabilities() throws {
    let policy = try policy(text)
    func entry(_ text: String) throws -> ChainEntry {
      try PolicyTests.policy(
        "apiVersion: braid/v1\nkind: Policy\nnetworks: {n: {chain: [\(text)]}}\nrules: [{name: all, attach: [{network: n}]}]"
      ).networks[0].chain[0]
    }
    #expect(policy.networks[0].accepts(.portMappings) && policy.networks[0].accepts(.mac) && policy.networks[0].accepts(.ips))
    #expect(!policy.networks[0].accepts(.bandwidth))
    #expect(try entry("{type: bridge, capabilities: {mac: false}}").accepts("mac") == false)
    #expect(try entry("{type: own, capabilities: {DeviceID: true}}").accepts("deviceID"))
    #expect(try entry("{type: own, ipam: {type: static}}").accepts("ips"))
    #expect(try !entry("{type: own}").accepts("ips"))
  }
}

@Suite struct PodTests {
  @Test func fromTheRuntime() throws {
    let arguments = try CNIArguments("IgnoreUnknown=1;K8S_POD_NAMESPACE=web;K8S_POD_NAME=a;K8S_POD_UID=u;JOB=x=y")
    let object = try #require(
      JSON(
        parsing: #"""
          {"runtimeConfig":{"io.kubernetes.cri.pod-annotations":{"a/b":"c"}},"args":{"cni":{"labels":[{"key":"app","value":"db"},{"key":"x"}]}}}
          """#
      ).object)
    let pod = try Pod(arguments, configuration: object)
    #expect(pod.namespace == "web" && pod.name == "a" && pod.uid == "u")
    #expect(pod.annotations == ["a/b": "c"] && pod.labels == ["app": "db", "x": ""])
    #expect(pod.otherArguments == ["IgnoreUnknown": "1", "JOB": "x=y"])
    #expect(pod.description == "Pod web/a")
  }

  @Test func malformed() throws {
    for text in [
      #"{"runtimeConfig":{"io.kubernetes.cri.pod-annotations":[]}}"#,
      #"{"runtimeConfig":{"io.kubernetes.cri.pod-annotations":{"a":1}}}"#,
      #"{"args":{"cni":{"labels":[1]}}}"#, #"{"args":{"cni":{"labels":[{"value":"x"}]}}}"#, #"{"runtimeConfig":1}"#,
    ] {
      let object = try #require(JSON(parsing: text).object)
      #expect(throws: ConfigurationError.self, "\(text)") { try Pod(.none, configuration: object) }
    }
  }
}

@Suite struct RequestSelectionTests {
  private func select(_ namespace: String, _ annotations: TextsByName) throws -> [SelectedAttachment] {
    try policy(text).select(Pod(namespace: namespace, name: "p", annotations: annotations), interface: eth0).attachments
  }

  private func refusal(_ namespace: String, _ annotation: RequestAnnotation, _ value: String) -> String? {
    do {
      _ = try select(namespace, [annotation.rawValue: value])
      return nil
    } catch { return "\(error)".replacing("\(annotation.rawValue): ", with: "") }
  }

  @Test func networks() throws {
    let attachments = try select("media-1", ["k8s.v1.cni.cncf.io/networks": "storage, media-1/storage@data0, v6"])
    #expect(
      attachments.map { "\($0.network.name)@\($0.interface)" } == ["pods@eth0", "storage@net1", "storage@data0", "v6@net3"])
    #expect(try select("media-1", ["k8s.v1.cni.cncf.io/networks": " "]).count == 1)
    // A network of the namespace itself, by its short and by its full name.
    #expect(try select("media", ["k8s.v1.cni.cncf.io/networks": "cameras"])[1].network.name.text == "media.cameras")
    #expect(try select("media-x", ["k8s.v1.cni.cncf.io/networks": "media/cameras"])[1].network.name.text == "media.cameras")
  }

  @Test func defaultNetwork() throws {
    let attachments = try select("lab", ["v1.multus-cni.io/default-network": "plain", "k8s.v1.cni.cncf.io/networks": "pods"])
    #expect(attachments.map { "\($0.network.name)@\($0.interface)" } == ["plain@eth0", "pods@net1"])
    #expect(attachments.map(\.defaultRoute.families) == [[.ipv4, .ipv6], []])
    #expect(
      try select("lab", ["v1.multus-cni.io/default-network": #"[{"name":"pods","interface":"x0","ips":["10.1.0.9"]}]"#])[0]
        .interface.text == "x0")
  }

  @Test func defaultRoutes() throws {
    let one = try select("media", ["k8s.v1.cni.cncf.io/networks": #"[{"name":"storage","default-route":["10.2.0.1"]}]"#])
    #expect(one.map(\.defaultRoute.families) == [[.ipv6], [.ipv4]])
    #expect(one[1].defaultRoute.gateways.map(\.description) == ["10.2.0.1"])
    let both = try select("media", ["k8s.v1.cni.cncf.io/networks": #"[{"name":"storage","default-route":[]}]"#])
    // A network of one family leaves the other one to its owner.
    #expect(both.map(\.defaultRoute.families) == [[.ipv6], [.ipv4]])
    let two = #"[{"name":"storage","default-route":["10.2.0.1"]},{"name":"v6","default-route":["10.2.0.2"]}]"#
    #expect(refusal("media", .networks, two) == "two requests claim the IPv4 default route")
    let each = #"[{"name":"storage","default-route":[]},{"name":"v6","default-route":[]}]"#
    #expect(
      try select("media", ["k8s.v1.cni.cncf.io/networks": each]).map(\.defaultRoute.families) == [[], [.ipv4], [.ipv6]])
    // A network without addresses can have none.
    #expect(
      refusal("media", .networks, #"[{"name":"cameras","default-route":[]}]"#)
        == "interface net1, network \"media.cameras\" (k8s.v1.cni.cncf.io/networks), is to give the Pod its IPv4 default route, but "
        + "it gives no IPv4 address: add an ipam with IPv4 addresses, or let another attachment have the default route, or name "
        + "the gateway in default-route")
  }

  /// Each rule's claims, and what becomes of them: the families that each attachment owns, or the reason of the refusal.
  @Test(arguments: [
    ("{network: four}, {network: six, defaultRoute: true}", "4 | 6"),
    ("{network: both}, {network: four, defaultRoute: true}", "6 | 4"),
    ("{network: both, defaultRoute: false}, {network: four, defaultRoute: true}", " | 4"),
    ("{network: both}, {network: mine, defaultRoute: true}", " | 46"),
    ("{network: both}, {network: fixed, defaultRoute: true}", "6 | 4"),
    ("{network: both}, {network: fixed, defaultRoute: true, ips: [10.4.0.8/24]}", "ips replace its IPv4 address"),
    ("{network: both}, {network: fixed, defaultRoute: ipv4, ips: [10.4.0.8/24]}", "ips replace its IPv4 address"),
    ("{network: both}, {network: bare, defaultRoute: true}", "its IPv4 address has no gateway"),
    ("{network: both}, {network: four, defaultRoute: ipv6}", "it gives no IPv6 address"),
    ("{network: both}, {network: flat, defaultRoute: true}", "it gives no IPv4 address"),
    ("{network: flat, defaultRoute: true}", "it gives no IPv4 address"),
    // The runtime may name the gateway of the first attachment.
    ("{network: bare, defaultRoute: true}", "46"), ("{network: bare}", "46"), ("{network: flat}", "46"),
  ])
  func claims(_ attach: String, _ expected: String) throws {
    let text = """
      apiVersion: braid/v1
      kind: Policy
      networks:
        both: {chain: [{type: bridge, ipam: {type: host-local, ranges: [[{subnet: 10.1.0.0/24}], [{subnet: "fd01::/64"}]]}}]}
        four: {chain: [{type: macvlan, master: a, ipam: {type: host-local, subnet: 10.2.0.0/24}}]}
        six: {chain: [{type: macvlan, master: b, ipam: {type: host-local, subnet: "fd03::/64"}}]}
        fixed: {chain: [{type: macvlan, master: c, ipam: {type: static, addresses: [{address: 10.4.0.2/24, gateway: 10.4.0.1}]}}]}
        bare: {chain: [{type: macvlan, master: d, ipam: {type: static, addresses: [{address: 10.5.0.2/24}]}}]}
        flat: {chain: [{type: macvlan, master: e}]}
        mine: {chain: [{type: mine}]}
      rules: [{name: all, attach: [\(attach)]}]
      """
    var findings = Findings()
    let policy = try #require(Policy.read([SourceFile(path: "p.yaml", text: text)], checks: .errors, &findings), "\(findings)")
    do {
      let found = try policy.select(Pod(), interface: eth0).attachments.map { attachment in
        attachment.defaultRoute.families.map { "\($0.rawValue)" }.joined()
      }
      #expect(found.joined(separator: " | ") == expected)
    } catch { #expect("\(error)".contains(expected), "\(error)") }
    // Validation says the same of claims that the policy itself makes.
    var all = Findings()
    _ = Policy.read([SourceFile(path: "p.yaml", text: text)], checks: .all, &all)
    let isRefused = expected.contains { $0.isLetter }
    #expect(
      all.items.contains { $0.code == .noDefaultRoute && $0.severity == .error } == isRefused, "\(all.items.map(\.message))")
  }

  @Test(arguments: [
    (
      "web", RequestAnnotation.networks, "storage",
      #"Pod web/p may not ask for the network "storage": no entry of the policy's requests allows it; add one: {namespaces: ["web"], networks: [storage]}"#
    ),
    (
      "media", .networks, "plain",
      #"Pod media/p may not ask for the network "plain": no entry of the policy's requests allows it; add one: {namespaces: ["media"], networks: [plain]}"#
    ),
    ("media", .networks, "storag", #"there is no network "storag"; did you mean "storage"?"#),
    ("media", .networks, "other/storage", #"there is no network "other/storage"; did you mean "storage"?"#),
    (
      "media", .networks, "storage@eth0",
      #"the interface name "eth0" of network "storage" (k8s.v1.cni.cncf.io/networks) is already taken: write another name"#
    ),
    (
      "media", .networks, "storage@net2,v6",
      #"the interface name "net2" of network "v6" (k8s.v1.cni.cncf.io/networks) is already taken: write another name"#
    ),
    (
      "media", .networks, #"[{"name":"storage","bandwidth":{"ingressRate":1}}]"#,
      #"no plugin of the network "storage" accepts bandwidth: add the plugin bandwidth to its chain"#
    ),
    ("media", .networks, "storage,,v6", "network 2 of the annotation: it is empty: remove the extra comma"),
    ("lab", .defaultNetwork, "pods,plain", "the annotation must name exactly one network, not 2"),
    (
      "lab", .defaultNetwork, "storage",
      #"Pod lab/p may not ask for the network "storage": no entry of the policy's requests allows it; add one: {namespaces: ["lab"], networks: [storage]}"#
    ),
  ])
  func refusals(_ namespace: String, _ annotation: RequestAnnotation, _ value: String, _ expected: String) {
    #expect(
      refusal(namespace, annotation, value)?.replacing("\(annotation.rawValue)", with: "A")
        == expected.replacing("\(annotation.rawValue)", with: "A"))
  }
}
