/// A Pod's values of the subjects of a list, by the subjects' numbers.
package struct PodValues: ~Copyable {
  /// The bytes of all values, one behind the other.
  private let memory: UnsafeMutableRawBufferPointer
  /// Nil where the Pod has no value.
  private var values: [UnsafeRawBufferPointer?] = []

  /// `reader` gives the list.
  package init(_ pod: Pod, _ reader: inout BinaryReader) throws(BinaryReader.Damage) {
    self.init(pod, try SubjectList.read(&reader))
  }

  init(_ pod: Pod, _ subjects: [Subject]) {
    let texts = subjects.map { $0.value(of: pod) }
    memory = .allocate(byteCount: texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }, alignment: 1)
    values.reserveCapacity(texts.count)
    var offset = 0
    for text in texts {
      guard let text else {
        values.append(nil)
        continue
      }
      let place = UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + text.utf8.count])
      place.copyBytes(from: text.utf8)
      values.append(UnsafeRawBufferPointer(place))
      offset += place.count
    }
  }

  deinit { memory.deallocate() }

  /// Nil if the Pod has none. The bytes are valid as long as `self`.
  func value(_ number: Int) throws(BinaryReader.Damage) -> UnsafeRawBufferPointer? {
    guard values.indices.contains(number) else { throw BinaryReader.Damage() }
    return values[number]
  }
}
