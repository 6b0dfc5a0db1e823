import CNI
import JSON

/// The room that a record has left for the answers of delegates.
struct RecordRoom {
  private(set) var bytes: Int

  /// `written` is the size of the record that was written before the first delegate runs.
  init(_ record: Record, written: Int) {
    // Each attachment may get one default route per family and one interface, with the path of its namespace, that no delegate has told.
    let own = record.plan.attachments.count * (512 + JSON.string(record.netns).textLength)
    bytes = RecordLimit.bytes - RecordLimit.reserve - written - own
  }

  /// Whether a result would fit. It stands in the record twice: as the attachment's own, and in the merged result.
  func fits(_ result: CNIResult) -> Bool { 2 * result.recordedLength <= bytes }

  mutating func take(_ result: CNIResult) { bytes -= 2 * result.recordedLength }
}
