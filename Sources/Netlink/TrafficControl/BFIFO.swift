import CLinux

/// A queue whose length is counted in bytes (tc-bfifo(8)).
package struct BFIFO: Equatable, Sendable {
  static let kind = "bfifo"

  /// In bytes.
  package var limit: UInt32

  package init(limit: UInt32) { self.limit = limit }

  /// `options` is the value of the qdisc's TCA_OPTIONS.
  init(_ options: ArraySlice<UInt8>) throws(MalformedReply) {
    guard let structure = options.load(tc_fifo_qopt.self, at: 0) else {
      throw .attributeSize(type: TrafficControlAttribute.options, size: options.count)
    }
    limit = structure.limit
  }

  func write(_ message: inout MessageWriter) {
    message.attribute(TrafficControlAttribute.options, structure: tc_fifo_qopt(limit: limit))
  }
}
