import CLinux

/// One request: a message, and what it asks of which object, for the error.
package struct Request {
  package let operation: NetlinkError.Operation
  package let object: String
  package let message: MessageWriter

  package init(_ operation: NetlinkError.Operation, _ object: String, _ message: MessageWriter) {
    (self.operation, self.object, self.message) = (operation, object, message)
  }

  /// Whether the answer is an object and not an acknowledgement.
  var isQuery: Bool { message.flags & UInt16(NLM_F_ACK) == 0 }
}
