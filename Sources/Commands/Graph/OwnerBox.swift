/// The box of a Pod or a rule, with a row for each interface.
struct OwnerBox {
  var box: Picture.Box
  /// The distance from the top of the box to the middle of each interface's row.
  private(set) var ports: [Int] = []
  /// The height of each interface's row.
  private(set) var rows: [Int] = []
  /// The height of everything above the first interface.
  private(set) var head = 0

  init(_ owner: Wiring.Owner) {
    let details = owner.details.map(PictureText.harmless)
    let title = PictureText.harmless(owner.title)
    box = Picture.Box(tooltip: ([title] + details).joined(separator: "\n"), shape: .owner)
    box.write(PictureText.cut(title, to: PictureLayout.columns), .strong)
    for detail in details {
      for part in PictureText.wrap(detail, columns: PictureLayout.columns, lines: 5) { box.write(part, .dim) }
    }
    box.finish()
    head = box.height
    let indent = (owner.interfaces.map { PictureText.width(Self.name(of: $0)) }.max() ?? 0) + 2
    for interface in owner.interfaces { add(interface, indent: indent) }
  }

  /// The kernel's names have up to 15 characters.
  private static func name(of interface: Wiring.Interface) -> String {
    interface.name.map { PictureText.cut(PictureText.harmless($0), to: 15) } ?? "any name"
  }

  private mutating func add(_ interface: Wiring.Interface, indent: Int) {
    let top = box.height
    let name = Self.name(of: interface)
    let notes = interface.notes.map(PictureText.harmless).flatMap { PictureText.wrap($0, columns: 40, lines: 2) }
    let rows = max(1, notes.count)
    box.rules.append(top)
    let y = top + 4 + 14
    box.texts.append(.init(text: name, style: interface.name == nil ? .dim : .strong, x: PictureLayout.padding, y: y))
    let x = PictureLayout.padding + indent * PictureLayout.cell
    for (i, note) in notes.enumerated() {
      box.texts.append(.init(text: note, style: .plain, x: x, y: y + i * PictureLayout.lineHeight))
    }
    let columns = max(indent + (notes.map(PictureText.width).max() ?? 0), PictureText.width(name))
    box.width = max(box.width, columns * PictureLayout.cell + 2 * PictureLayout.padding)
    box.height = top + rows * PictureLayout.lineHeight + 8
    ports.append((top + box.height) / 2)
    self.rows.append(box.height - top)
  }

  /// Moves the interfaces' rows to these distances from the top of the box.
  mutating func spread(_ tops: [Int]) {
    var moved: [Picture.Text] = []
    for text in box.texts {
      guard let row = box.rules.lastIndex(where: { $0 < text.y }) else {
        moved.append(text)
        continue
      }
      var copy = text
      copy.y += tops[row] - box.rules[row]
      moved.append(copy)
    }
    ports = ports.enumerated().map { $0.element + tops[$0.offset] - box.rules[$0.offset] }
    box.texts = moved
    box.rules = [head]
    box.height = (tops.last ?? 0) + (rows.last ?? 0)
  }
}
