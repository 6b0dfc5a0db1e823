/// The part of a source line that a terminal has room for, and the columns that a mark covers in it.
struct SourceLineExcerpt {
  private(set) var text = ""
  /// How many columns come before the mark.
  private(set) var before = 0
  /// How many columns the mark covers.
  private(set) var marked = 0

  /// A character of the line, or bytes that are not valid UTF-8.
  private struct Cell {
    /// The offset of the first byte in the file.
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

  /// Takes as much of the line as fits `width` columns and includes the start of the mark. An ellipsis stands for the rest.
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

  /// The bytes of a long line that can possibly be shown, cut between characters.
  ///
  /// A line may be megabytes long. A column is at most four bytes, so `width` columns on either side of the mark's start are
  /// enough. Characters without a width could need more, but such lines need not be shown in full.
  private static func window(of line: Range<Int>, around mark: Range<Int>, width: Int, in bytes: [UInt8]) -> Range<Int> {
    guard line.count > width else { return line }
    var lower = max(line.lowerBound, mark.lowerBound - 4 * width)
    var upper = min(line.upperBound, mark.lowerBound + 4 * width)
    // A character has at most three continuation bytes. A longer run is not UTF-8 and may be cut anywhere.
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

  /// The cells that fit `width` columns. At most a third of the columns is used before the mark, unless the line ends soon after
  /// it.
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
