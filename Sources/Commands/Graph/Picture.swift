/// A drawing of boxes in three columns and the lines between them, in pixels.
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
    /// Lines across the box, from its top.
    var rules: [Int] = []
    /// All of its text, uncut, for whoever points at it.
    let tooltip: String
    let shape: Shape
  }

  enum Shape {
    case owner
    /// With a stripe of the network's colour.
    case network(colour: Int, isUnused: Bool)
    case device
  }

  /// A text at the right of a place in its box; `y` is its base line.
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
    /// Of the network.
    let colour: Int
  }

  /// How many colours there are for networks.
  static let colours = 8
}
