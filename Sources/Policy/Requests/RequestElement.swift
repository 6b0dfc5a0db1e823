import JSON
import NetworkTypes

/// One element of the JSON form. Upper and lower case in keys are the same, unknown keys are only noted, and null counts as absent.
struct RequestElement {
  typealias Problem = RequestSyntaxError.ElementProblem

  let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  func request() throws(Problem) -> NetworkRequest {
    guard let name = try string("name") else { throw .missingName }
    var request = NetworkRequest(name: try NetworkRequest.name(name))
    if let namespace = try string("namespace"), !namespace.isEmpty { request.namespace = try NetworkRequest.namespace(namespace) }
    // The old name counts only without the new one.
    let interface = try string("interfaceRequest")
    if let text = try string("interface") ?? interface, !text.isEmpty {
      request.interface = try NetworkRequest.interfaceName(text)
    }
    request.defaultRoute = try defaultRoute()
    request.options = try options()
    request.unreadKeys = unreadKeys
    return request
  }

  private func options() throws(Problem) -> AttachmentOptions {
    var options = AttachmentOptions()
    options.ips = try ips()
    if let text = try string("mac"), !text.isEmpty {
      options.mac = try parsed("mac", text) { (t) throws(NetworkTypeError) in try MACAddress(ofInterface: t) }
    }
    options.infinibandGUID = try guid()
    if let text = try string("deviceID"), !text.isEmpty { options.deviceID = text }
    options.portMappings = try portMappings()
    options.bandwidth = try bandwidth()
    if let arguments = value("cni-args") {
      guard let object = arguments.object else { throw wrong("cni-args", "an object", arguments) }
      guard object.members.count <= NetworkRequest.maximumArguments else {
        throw .value(key: "cni-args", reason: "there are more than \(NetworkRequest.maximumArguments) keys")
      }
      options.arguments = object
    }
    if let claim = try string("ipam-claim-reference"), !claim.isEmpty {
      guard options.ips.isEmpty else { throw .value(key: "ipam-claim-reference", reason: "it cannot stand beside ips") }
      throw .value(
        key: "ipam-claim-reference", reason: "claims are kept in the API server, which Braid does not ask: write ips instead")
    }
    return options
  }

  // MARK: - Single keys

  private func ips() throws(Problem) -> [AddressRequest] {
    guard let items = try array("ips") else { return [] }
    guard !items.isEmpty else { throw .value(key: "ips", reason: "the list is empty") }
    guard items.count <= NetworkRequest.maximumAddresses else {
      throw .value(key: "ips", reason: "there are more than \(NetworkRequest.maximumAddresses) addresses")
    }
    var ips: [AddressRequest] = []
    for item in items {
      guard let text = item.string else { throw wrong("ips", "a list of strings", item) }
      let ip = try parsed("ips", text) { (t) throws(NetworkTypeError) in try AddressRequest(t) }
      try refuseMapped(ip.address, "ips")
      ips.append(ip)
    }
    return ips
  }

  private func defaultRoute() throws(Problem) -> [IPAddress]? {
    guard let items = try array("default-route") else { return nil }
    var gateways: [IPAddress] = []
    for item in items {
      guard let text = item.string else { throw wrong("default-route", "a list of strings", item) }
      let gateway = try parsed("default-route", text) { (t) throws(NetworkTypeError) in try IPAddress(t) }
      try refuseMapped(gateway, "default-route")
      guard !gateways.contains(where: { $0.family == gateway.family }) else {
        throw .value(key: "default-route", reason: "more than one IPv\(gateway.family.rawValue) gateway")
      }
      gateways.append(gateway)
    }
    return gateways
  }

  /// Refuses IPv4 in the form of IPv6: Braid would judge it as IPv6, and a plugin may read it as IPv4.
  private func refuseMapped(_ address: IPAddress, _ key: String) throws(Problem) {
    if address.isIPv4Mapped {
      throw .value(key: key, reason: "\(address) is an IPv4 address in the form of IPv6: write it as IPv4")
    }
  }

  /// The key `infiniband-guid`: eight bytes in hexadecimal between colons.
  private func guid() throws(Problem) -> String? {
    guard let text = try string("infiniband-guid"), !text.isEmpty else { return nil }
    let parts = text.split(at: ":")
    guard parts.count == 8, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(Self.isHexDigit) }) else {
      throw .value(key: "infiniband-guid", reason: "it must be 8 bytes such as c2:11:22:33:44:55:66:77")
    }
    return text
  }

  private static func isHexDigit(_ c: UInt8) -> Bool { (48...57).contains(c) || (65...70).contains(c) || (97...102).contains(c) }

  private func portMappings() throws(Problem) -> [PortMapping] {
    guard let items = try array("portMappings") else { return [] }
    guard items.count <= NetworkRequest.maximumPortMappings else {
      throw .value(key: "portMappings", reason: "there are more than \(NetworkRequest.maximumPortMappings) ports")
    }
    var mappings: [PortMapping] = []
    for item in items {
      guard let object = item.object else { throw wrong("portMappings", "a list of objects", item) }
      mappings.append(try RequestElement(object).portMapping())
    }
    return mappings
  }

  private func portMapping() throws(Problem) -> PortMapping {
    let transport = (try string("protocol") ?? "tcp").lowercased()
    guard ["", "tcp", "udp", "sctp"].contains(transport) else {
      throw .value(key: "portMappings", reason: "the protocol must be tcp, udp or sctp")
    }
    var address: IPAddress?
    if let text = try string("hostIP"), !text.isEmpty {
      let host = try parsed("portMappings", text) { (t) throws(NetworkTypeError) in try IPAddress(t) }
      try refuseMapped(host, "portMappings")
      address = host
    }
    return PortMapping(
      hostPort: try port("hostPort"), containerPort: try port("containerPort"), transport: transport.isEmpty ? "tcp" : transport,
      hostIP: address)
  }

  private func port(_ key: String) throws(Problem) -> Int {
    guard let value = value(key) else { throw .value(key: "portMappings", reason: "\(key) is missing") }
    guard let port = value.int, (1...65535).contains(port) else {
      throw .value(key: "portMappings", reason: "\(key) must be a number from 1 to 65535")
    }
    return port
  }

  private func bandwidth() throws(Problem) -> Bandwidth? {
    guard let value = value("bandwidth") else { return nil }
    guard let object = value.object else { throw wrong("bandwidth", "an object", value) }
    let element = RequestElement(object)
    let bandwidth = Bandwidth(
      ingressRate: try element.rate("ingressRate"), ingressBurst: try element.rate("ingressBurst"),
      egressRate: try element.rate("egressRate"), egressBurst: try element.rate("egressBurst"))
    if let burst = bandwidth.burstWithoutRate { throw .value(key: "bandwidth", reason: "\(burst) needs its rate") }
    return bandwidth
  }

  private func rate(_ key: String) throws(Problem) -> Int? {
    guard let value = value(key) else { return nil }
    guard let rate = value.int, rate >= 0 else { throw .value(key: "bandwidth", reason: "\(key) must be a whole number of bits") }
    return rate
  }

  // MARK: - Types

  private func value(_ key: String) -> JSON? {
    guard let value = object.value(named: key), !value.isNull else { return nil }
    return value
  }

  private func wrong(_ key: String, _ expected: String, _ found: JSON) -> Problem {
    .wrongType(key: key, expected: expected, found: found.kind)
  }

  private func string(_ key: String) throws(Problem) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.string else { throw wrong(key, "a string", value) }
    return text
  }

  private func array(_ key: String) throws(Problem) -> [JSON]? {
    guard let value = value(key) else { return nil }
    guard let items = value.array else { throw wrong(key, "a list", value) }
    return items
  }

  private func parsed<T>(_ key: String, _ text: String, _ parse: (String) throws(NetworkTypeError) -> T) throws(Problem) -> T {
    do { return try parse(text) } catch { throw .value(key: key, reason: error.description) }
  }
}
