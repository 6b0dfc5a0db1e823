/// The conditions of a decoded match in the form that `Matcher` compares, with their subjects.
///
/// It is made when a Pod is matched. Most decoded policies live for one Pod, whose rule is among the first.
struct MatchProgram: Sendable {
  private let bytes: [UInt8]
  private let subjects: [Subject]

  init(_ match: Match) {
    var (writer, list) = (BinaryWriter(), SubjectList())
    match.write(to: &writer, &list)
    (bytes, subjects) = (writer.bytes, list.subjects)
  }

  func holds(for pod: Pod) -> Bool {
    let values = PodValues(pod, subjects)
    return bytes.withUnsafeBytes { bytes in
      var reader = BinaryReader(bytes)
      do { return try Matcher.match(&reader, values) } catch { preconditionFailure("a condition that we wrote cannot be read") }
    }
  }
}
