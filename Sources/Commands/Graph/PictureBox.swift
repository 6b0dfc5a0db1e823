/// Fills boxes with text.
extension Picture.Box {
  /// A name, and smaller lines below it.
  init(_ name: String, _ lines: [String], _ shape: Picture.Shape) {
    let name = PictureText.harmless(name)
    let lines = lines.map(PictureText.harmless)
    self.init(tooltip: ([name] + lines).joined(separator: "\n"), shape: shape)
    write(PictureText.cut(name, to: PictureLayout.columns), .strong)
    // A network may have more ranges than anybody wants to read in a picture.
    for line in lines.prefix(12) {
      for part in PictureText.wrap(line, columns: PictureLayout.columns, lines: 3) { write(part, .dim) }
    }
    if lines.count > 12 { write("… and \(lines.count - 12) more", .dim) }
    finish()
  }
  var middle: Int { y + height / 2 }

  mutating func write(_ text: String, _ style: Picture.Text.Style) {
    let y = PictureLayout.padding + texts.count * PictureLayout.lineHeight + 10
    texts.append(.init(text: text, style: style, x: PictureLayout.padding, y: y))
  }

  mutating func finish() {
    width = (texts.map { PictureText.width($0.text) }.max() ?? 0) * PictureLayout.cell + 2 * PictureLayout.padding
    height = texts.count * PictureLayout.lineHeight + 2 * PictureLayout.padding - 6
  }

  mutating func place(_ x: Int, _ down: Int, _ width: Int) {
    (self.x, self.width) = (x, width)
    y += down
  }
}
