import JSON
import NetworkTypes

extension NetworkRequest {
  /// How many bytes an annotation may have. Kubernetes allows 256 KiB for all annotations of a Pod together.
  static let maximumLength = 256 << 10
  /// How many networks an annotation may name.
  static let maximumCount = 64
  /// How many addresses a request may ask for.
  static let maximumAddresses = 16
  /// How many ports of the node a request may ask for.
  static let maximumPortMappings = 256
  /// How many keys `cni-args` of a request may have.
  static let maximumArguments = 64

  /// Reads an annotation's value, which has the short form or is JSON. An empty value asks for nothing.
  package static func parse(_ annotation: String) throws(RequestSyntaxError) -> [NetworkRequest] {
    let bytes = annotation.utf8
    guard bytes.count <= maximumLength else { throw .tooLong(limit: maximumLength) }
    if bytes.allSatisfy({ isSpace($0) }) { return [] }
    let isJSON = bytes.contains { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "\"") }
    return try isJSON ? list(annotation) : short(annotation)
  }

  /// Like `parse`, for the annotation that must name exactly one network.
  static func parseOne(_ annotation: String) throws(RequestSyntaxError) -> NetworkRequest {
    let all = try parse(annotation)
    guard all.count == 1, let only = all.first else { throw .notOne(found: all.count) }
    return only
  }

  // MARK: - The short form

  private static func short(_ annotation: String) throws(RequestSyntaxError) -> [NetworkRequest] {
    var requests: [NetworkRequest] = []
    for item in annotation.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard requests.count < maximumCount else { throw .tooMany(limit: maximumCount) }
      do { requests.append(try Self.item(trimmed(Substring(item)))) } catch { throw .element(requests.count + 1, error) }
    }
    return requests
  }

  /// `[namespace/]name[@interface]`
  private static func item(_ text: String) throws(RequestSyntaxError.ElementProblem) -> NetworkRequest {
    guard !text.isEmpty else { throw .empty }
    let sides = text.split(at: "@")
    guard sides.count <= 2 else { throw .severalSeparators(text, "@") }
    let parts = sides[0].split(at: "/")
    guard parts.count <= 2 else { throw .severalSeparators(text, "/") }
    var request = NetworkRequest(name: try checked(parts[parts.count - 1], RequestSyntaxError.ElementProblem.name))
    if parts.count == 2 { request.namespace = try checked(parts[0], RequestSyntaxError.ElementProblem.namespace) }
    if sides.count == 2 { request.interface = try interface(sides[1]) }
    return request
  }

  private static func checked(
    _ text: String, _ problem: (String) -> RequestSyntaxError.ElementProblem
  ) throws(RequestSyntaxError.ElementProblem) -> String {
    guard isName(text) else { throw problem(text) }
    return text
  }

  /// Whether a text is a name: lower-case letters and digits, between them also `-`; at most 253 bytes, the limit of Kubernetes.
  private static func isName(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    func isEnd(_ c: UInt8?) -> Bool { c.map { (97...122).contains($0) || (48...57).contains($0) } ?? false }
    return isEnd(bytes.first) && isEnd(bytes.last) && bytes.count <= 253
      && bytes.allSatisfy { isEnd($0) || $0 == UInt8(ascii: "-") }
  }

  /// Whether an annotation can name a network of the policy. It writes `name`, or `namespace/name` for a network
  /// `namespace.name`.
  static func canName(_ network: String) -> Bool {
    let parts = network.split(at: ".")
    return parts.count <= 2 && parts.allSatisfy(isName)
  }

  private static func interface(_ text: String) throws(RequestSyntaxError.ElementProblem) -> InterfaceName {
    guard let name = try? InterfaceName(text) else { throw .interface(text) }
    return name
  }

  private static func isSpace(_ c: UInt8) -> Bool { c == 0x20 || (0x09...0x0d).contains(c) }

  private static func trimmed(_ text: Substring) -> String {
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) }) else {
      return ""
    }
    return String(text[first...last])
  }

  // MARK: - JSON

  private static func list(_ annotation: String) throws(RequestSyntaxError) -> [NetworkRequest] {
    let value: JSON
    do { value = try JSON(parsing: annotation) } catch { throw .json(error) }
    guard let items = value.array else { throw .notAList(found: value.kind) }
    guard items.count <= maximumCount else { throw .tooMany(limit: maximumCount) }
    var requests: [NetworkRequest] = []
    for (i, item) in items.enumerated() {
      guard let object = item.object else { throw .element(i + 1, .notAnObject(found: item.kind)) }
      do { requests.append(try RequestElement(object).request()) } catch { throw .element(i + 1, error) }
    }
    return requests
  }

  static func name(_ text: String) throws(RequestSyntaxError.ElementProblem) -> String {
    try checked(text, RequestSyntaxError.ElementProblem.name)
  }

  static func namespace(_ text: String) throws(RequestSyntaxError.ElementProblem) -> String {
    try checked(text, RequestSyntaxError.ElementProblem.namespace)
  }

  static func interfaceName(_ text: String) throws(RequestSyntaxError.ElementProblem) -> InterfaceName { try interface(text) }
}
