import CNI
import NetworkTypes

extension CNIArguments {
  /// The MAC of CNI_ARGS, the only key that interface plugins take. Throws for other keys unless IgnoreUnknown is set.
  package func macAddress() throws(ProtocolError) -> MACAddress? {
    // Like the reference plugins, this refuses even the IPAM plugin's keys, IP and GATEWAY, unless IgnoreUnknown is set.
    try refuseUnknown(except: ["MAC"])
    guard let text = self["MAC"], !text.isEmpty else { return nil }
    do { return try MACAddress(ofInterface: text) } catch { throw .argument("MAC", value: text, reason: error.description) }
  }
}
