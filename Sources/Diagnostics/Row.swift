/// A source line made fit for a terminal, and which columns of it a mark covers.
struct Row {
  private(set) var text = ""
  /// How many columns lie before the mark.
  private(set) var before = 0
  /// How many columns the mark covers.
  private(set) var marked = 0

  /// A character of the line, or bytes of it that are none.
  private struct Cell {
    /// The offset of its first byte.
    let at: Int
    let text: String
    let columns: Int

    init(_ at: Int, _ scalar: Unicode.Scalar) {
      self.at = at
      if scalar == "\t" {
        (text, columns) = ("    ", 4)
      } else if isHarmful(scalar) {
        (text, columns) = ("\u{fffd}", 1)
      } else {
        (text, columns) = (String(Character(scalar)), DisplayWidth.of(scalar))
      }
    }
  }

  /// As much of the line as has room in `width` columns, the start of the mark in it; what is cut off is shown by an ellipsis.
  init(_ file: SourceFile, _ line: Int, around mark: Range<Int>, width: Int) {
    let whole = file.byteRange(ofLine: line)
    let near = Self.window(of: whole, around: mark, width: width, in: file.bytes)
    let all = Self.cells(file.bytes[near])
    let shown = Self.fitting(all, from: mark.lowerBound, width: width)
    if near.lowerBound > whole.lowerBound || shown.startIndex > 0 { (text, before) = ("…", 1) }
    for cell in shown {
      text += cell.text
      if cell.at < mark.lowerBound { before += cell.columns }
      if mark.contains(cell.at) { marked += cell.columns }
    }
    if near.upperBound < whole.upperBound || shown.endIndex < all.count { text += "…" }
  }

  /// As much of a long line as can have room beside the start of the mark, cut between characters: a column is four bytes at most,
  /// and of characters that take none, nobody needs many.
  private static func window(of line: Range<Int>, around mark: Range<Int>, width: Int, in bytes: [UInt8]) -> Range<Int> {
    guard line.count > width else { return line }
    var lower = max(line.lowerBound, mark.lowerBound - 4 * width)
    var upper = min(line.upperBound, mark.lowerBound + 4 * width)
    // A character has three such bytes at most; more of them are no text, and may be cut anywhere.
    for _ in 0..<3 where lower > line.lowerBound && UTF8.isContinuation(bytes[lower]) { lower -= 1 }
    for _ in 0..<3 where upper < line.upperBound && upper > lower && UTF8.isContinuation(bytes[upper]) { upper -= 1 }
    return lower..<upper
  }

  private static func cells(_ bytes: ArraySlice<UInt8>) -> [Cell] {
    var cells: [Cell] = []
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var at = bytes.startIndex
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let encoded):
        cells.append(Cell(at, Unicode.UTF8.decode(encoded)))
        at += encoded.count
      case .error(let length):
        cells.append(Cell(at, "\u{fffd}"))
        at += length
      case .emptyInput: return cells
      }
    }
  }

  /// The cells that have room together; a third of them at most stands before the mark, unless there is nothing more behind it.
  private static func fitting(_ cells: [Cell], from mark: Int, width: Int) -> ArraySlice<Cell> {
    var shown = cells[...]
    var columns = cells.reduce(0) { $0 + $1.columns }
    var before = cells.prefix { $0.at < mark }.reduce(0) { $0 + $1.columns }
    while columns > width, before > width / 3, let first = shown.popFirst() {
      columns -= first.columns
      before -= first.columns
    }
    while columns > width, let last = shown.popLast() { columns -= last.columns }
    return shown
  }
}
