import CLinux
import System

/// A message for the kernel, with the words that its errors use.
package struct Request {
  package let operation: NetlinkError.Operation
  /// The object that the request is about, as errors call it.
  package let object: String
  package let message: MessageWriter
  /// The errnos by which the kernel says that the object of a query, or the list of a dump, is not there.
  let absence: [Errno]

  package init(_ operation: NetlinkError.Operation, _ object: String, _ message: MessageWriter, absence: [Errno] = []) {
    (self.operation, self.object, self.message, self.absence) = (operation, object, message, absence)
  }

  /// The same request, whose errors call the object by these words.
  package func about(_ object: String) -> Request { Request(operation, object, message, absence: absence) }

  /// Another message under the same words.
  func with(_ message: MessageWriter) -> Request { Request(operation, object, message, absence: absence) }

  /// The same request with an acknowledgement asked for.
  var acknowledged: Request { with(message.acknowledged) }

  /// Whether the answer is an object instead of an acknowledgement.
  var isQuery: Bool { message.flags & UInt16(NLM_F_ACK) == 0 }

  /// Whether an acknowledgement comes after the object, or without one: the kernel answers by a notification, of which the sender gets a copy.
  var isEchoed: Bool { message.flags & UInt16(NLM_F_ECHO) != 0 && !isQuery }

  /// Decodes part of the answer. Throws `NetlinkError.malformed` with the names of this request.
  func decode<T>(_ body: () throws(MalformedReply) -> T) throws(NetlinkError) -> T {
    do { return try body() } catch { throw .malformed(operation, object: object, error) }
  }
}
