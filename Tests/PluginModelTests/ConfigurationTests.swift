import CNI
import JSON
import PluginModel
import Testing

/// Checks of a configuration without a node.
@Suite struct ConfigurationTests {
  private func validate(_ json: String) throws -> PluginConfigurationError? {
    var object = try #require(try JSON(parsing: json).object)
    object["name"] = "net"
    let configuration = try PluginConfiguration(object)
    let validate = try #require(Plugin.named(configuration.type)?.validate)
    do throws(PluginConfigurationError) {
      try validate(configuration)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    #"{"type":"bridge"}"#, #"{"type":"bridge","ipam":{}}"#, #"{"type":"bridge","bridge":"","mtu":0,"vlan":0,"vlanTrunk":null}"#,
    #"{"type":"bridge","ipMasq":false,"macspoofchk":false,"dns":{},"unknown":[1]}"#,
    #"{"type":"bridge","vlan":4094,"vlanTrunk":[{"id":1},{"minID":5,"maxID":5},{"id":7,"minID":1,"maxID":4094}]}"#,
    #"{"type":"bridge","runtimeConfig":{"mac":"02:00:00:00:00:01"},"args":{"cni":{"mac":"02-00-00-00-00-02"}}}"#,
    #"{"type":"macvlan"}"#, #"{"type":"macvlan","mode":"","master":"","mtu":0,"bcqueuelen":0}"#,
    #"{"type":"macvlan","mode":"passthru","RuntimeConfig":{"Mac":"02:00:00:00:00:01"}}"#, #"{"type":"loopback"}"#,
    #"{"type":"ptp","ipMasq":true,"ipMasqBackend":"nftables","mtu":0,"mac":5,"ipam":{"type":"dhcp"}}"#,
    #"{"type":"bridge","ipMasq":true,"ipMasqBackend":"","ipMasqExcept":["10.0.0.1/8"]}"#,
    #"{"type":"portmap","backend":"nftables","markMasqBit":0,"externalSetMarkChain":"","conditionsV4":[],"conditionsV6":null}"#,
    #"{"type":"portmap","runtimeConfig":{"portMappings":[{"hostPort":1,"containerPort":65535,"protocol":"UDP","hostIP":""}]}}"#,
  ])
  func good(_ json: String) throws { #expect(try validate(json) == nil) }

  @Test(arguments: [
    (#"{"type":"bridge","bridge":"a/b"}"#, #"bridge: interface name contains / or : or whitespace characters: a/b"#),
    (#"{"type":"bridge","bridge":5}"#, "bridge: expected a string, found a number"),
    (#"{"type":"bridge","isGateway":"yes"}"#, "isGateway: expected a boolean, found a string"),
    (#"{"type":"bridge","mtu":67}"#, "mtu: invalid MTU 67: it goes from 68 to 65535"),
    (#"{"type":"bridge","vlan":5000}"#, "vlan: invalid VLAN ID 5000 (must be between 0 and 4094)"),
    (#"{"type":"bridge","vlan":-1}"#, "vlan: invalid VLAN ID -1 (must be between 0 and 4094)"),
    (#"{"type":"bridge","vlanTrunk":[{"id":0}]}"#, "vlanTrunk[0].id: incorrect trunk id parameter"),
    (#"{"type":"bridge","vlanTrunk":[{"minID":0,"maxID":4}]}"#, "vlanTrunk[0].minID: incorrect trunk minID parameter"),
    (#"{"type":"bridge","vlanTrunk":[{"minID":1,"maxID":4095}]}"#, "vlanTrunk[0].maxID: incorrect trunk maxID parameter"),
    (
      #"{"type":"bridge","vlanTrunk":[{"id":1},{"minID":5,"maxID":4}]}"#,
      "vlanTrunk[1]: minID is greater than maxID in trunk parameter"
    ),
    (
      #"{"type":"bridge","vlanTrunk":[{"minID":9999}]}"#,
      "vlanTrunk[0]: minID and maxID should be configured simultaneously, maxID is missing"
    ),
    (
      #"{"type":"bridge","vlanTrunk":[{"maxID":5}]}"#,
      "vlanTrunk[0]: minID and maxID should be configured simultaneously, minID is missing"
    ),
    (#"{"type":"bridge","ipMasqBackend":"ipset"}"#, #"ipMasqBackend: unknown ipmasq backend "ipset""#),
    (#"{"type":"bridge","ipMasqExcept":["10.0.0.0"]}"#, "ipMasqExcept[0]: invalid CIDR address: 10.0.0.0"),
    (#"{"type":"portmap","markMasqBit":32}"#, "markMasqBit: 32 is not from 0 to 31"),
    (
      #"{"type":"portmap","runtimeConfig":{"portMappings":[{"hostPort":0,"containerPort":80,"protocol":"tcp"}]}}"#,
      "runtimeConfig.portMappings[0].hostPort: Invalid host port number: 0"
    ),
    (
      #"{"type":"portmap","runtimeConfig":{"portMappings":[{"hostPort":80,"containerPort":65536,"protocol":"tcp"}]}}"#,
      "runtimeConfig.portMappings[0].containerPort: Invalid container port number: 65536"
    ),
    (
      #"{"type":"portmap","runtimeConfig":{"portMappings":[{"hostPort":80,"containerPort":80,"protocol":"icmp"}]}}"#,
      #"runtimeConfig.portMappings[0].protocol: unknown protocol "icmp": it must be tcp, udp or sctp"#
    ),
    (
      #"{"type":"portmap","runtimeConfig":{"portMappings":[{"hostPort":80,"containerPort":80},{"hostPort":80,"containerPort":81}]}}"#,
      "runtimeConfig.portMappings: the host port 80/tcp is mapped twice"
    ),
    (#"{"type":"bridge","macspoofchk":true}"#, "macspoofchk: checking for spoofed MAC addresses is not built yet"),
    (
      #"{"type":"bridge","hairpinMode":true,"promiscMode":true}"#,
      "cannot set hairpin mode and promiscuous mode at the same time"
    ),
    (
      #"{"type":"bridge","disableContainerInterface":true,"ipam":{"type":"static"}}"#,
      "cannot use IPAM when DisableContainerInterface flag is set"
    ),
    (#"{"type":"bridge","runtimeConfig":{"mac":"x"}}"#, "runtimeConfig.mac: invalid MAC address: x"),
    (
      #"{"type":"bridge","bridge":"abcdefghijklmno","vlan":7,"isGateway":true}"#,
      "vlan: the name of the VLAN's gateway interface: interface name is too long: interface name should be less than "
        + "16 characters: abcdefghijklmno.7"
    ),
    (#"{"type":"macvlan","mode":"foo"}"#, #"mode: unknown macvlan mode: "foo""#),
    (#"{"type":"macvlan","mtu":-5}"#, "mtu: invalid MTU -5: it goes from 68 to 65535"),
    (#"{"type":"macvlan","bcqueuelen":-1}"#, "bcqueuelen: must be from 0 to 4294967295"),
    (#"{"type":"ptp"}"#, #"required key "ipam" is missing"#), (#"{"type":"ptp","ipam":{}}"#, #"required key "ipam" is missing"#),
    (#"{"type":"ptp","mtu":67,"ipam":{"type":"dhcp"}}"#, "mtu: invalid MTU 67: it goes from 68 to 65535"),
    (#"{"type":"macvlan","mac":"01:02"}"#, "mac: invalid MAC address: 01:02"),
  ])
  func bad(_ json: String, _ text: String) throws { #expect(try validate(json)?.configuration?.description == text) }

  @Test func unbuiltPartsAreUnsupported() throws {
    let refused = [
      #"{"type":"bridge","macspoofchk":true}"#, #"{"type":"bridge","ipMasq":true,"ipMasqBackend":"iptables"}"#,
      #"{"type":"ptp","ipMasqBackend":"iptables","ipam":{"type":"dhcp"}}"#, #"{"type":"portmap","backend":"iptables"}"#,
      #"{"type":"portmap","externalSetMarkChain":"KUBE-MARK-MASQ"}"#, #"{"type":"portmap","conditionsV4":["-d","10.0.0.1"]}"#,
      #"{"type":"portmap","conditionsV6":["-d","fd00::1"]}"#,
    ]
    for json in refused {
      guard case .unsupported = try validate(json)?.configuration else {
        Issue.record("\(json) is not refused as unsupported")
        continue
      }
    }
  }
}

extension PluginConfigurationError {
  fileprivate var configuration: ConfigurationError? { if case .configuration(let error) = self { error } else { nil } }
}
