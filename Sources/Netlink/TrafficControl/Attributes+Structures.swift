/// Attributes whose value is a C structure in the machine's byte order.
extension Attributes {
  /// The structure in an attribute. Newer kernels may append members. Throws `MalformedReply` if the attribute is missing or too short.
  func structure<T: BitwiseCopyable>(_ type: Int, _: T.Type) throws(MalformedReply) -> T {
    let value = try required(type, self[type])
    guard let structure = value.load(T.self, at: 0) else { throw .attributeSize(type: type, size: value.count) }
    return structure
  }
}

extension MessageWriter {
  mutating func attribute(_ type: Int, structure: some BitwiseCopyable) { withUnsafeBytes(of: structure) { attribute(type, $0) } }
}
