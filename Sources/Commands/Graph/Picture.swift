/// A drawing: boxes in three columns and lines between them. All measures are in pixels.
struct Picture {
  var title: String
  var captions: [Caption] = []
  var boxes: [Box] = []
  var lines: [Line] = []
  var legend: [(style: Line.Style, text: String, x: Int, y: Int)] = []
  var width = 0
  var height = 0

  struct Caption {
    let text: String
    let x: Int
    let y: Int
  }

  struct Box {
    var x = 0
    var y = 0
    var width = 0
    var height = 0
    var texts: [Text] = []
    /// Horizontal lines across the box, as distances from its top.
    var rules: [Int] = []
    /// The full text of the box, which a viewer shows when the mouse points at the box.
    let tooltip: String
    let shape: Shape
  }

  enum Shape {
    case owner
    /// A network, with a stripe in the network's colour.
    case network(colour: Int, isUnused: Bool)
    case device
  }

  /// A text that starts at `x` in its box. `y` is its base line.
  struct Text {
    enum Style { case strong, plain, dim }
    let text: String
    let style: Style
    let x: Int
    var y: Int
  }

  struct Line {
    enum Style { case plain, defaultRoute, onRequest }
    let from: (x: Int, y: Int)
    let to: (x: Int, y: Int)
    let style: Style
    /// The number of the network's colour.
    let colour: Int
  }

  /// The number of colours for networks.
  static let colours = 8
}
