/// Why an answer of the kernel cannot be decoded.
///
/// `type` is the number of an attribute in the kernel's headers, sizes are in bytes.
package enum MalformedReply: Error, Equatable, Sendable, CustomStringConvertible {
  /// The datagram is longer than the buffer.
  case datagramCut
  /// The message's length is impossible, or its end is missing.
  case messageCut(size: Int)
  /// The fixed structure at the start of a message (`ifinfomsg`, an errno, …) is not all there.
  case headerCut(size: Int, needed: Int)
  /// The attribute's length is impossible, or its end is missing. Nil for an attribute whose type is missing as well.
  case attributeCut(type: Int?)
  /// The value has a size that no value of this attribute has.
  case attributeSize(type: Int, size: Int)
  /// The value is outside the attribute's range, or contradicts another.
  case attributeValue(type: Int)
  /// The attribute without which the object has no meaning is not there.
  case attributeMissing(type: Int)
  /// The prefix is longer than an address of its family.
  case prefixLength(Int)
  /// The kernel acknowledged a query instead of answering it.
  case noObject

  package var description: String {
    switch self {
    case .datagramCut: "the datagram does not fit the buffer"
    case .messageCut(let size): "a message is cut short after \(size) bytes"
    case .headerCut(let size, let needed): "a message holds \(size) bytes where \(needed) are needed"
    case .attributeCut(let type?): "attribute \(type) is cut short"
    case .attributeCut(nil): "an attribute is cut short"
    case .attributeSize(let type, let size): "attribute \(type) has an impossible size of \(size) bytes"
    case .attributeValue(let type): "attribute \(type) has an impossible value"
    case .attributeMissing(let type): "attribute \(type) is missing"
    case .prefixLength(let length): "a prefix length of \(length) is impossible"
    case .noObject: "there is an acknowledgement but no object"
    }
  }
}
