extension Wiring {
  /// The picture for browsers and image viewers (SVG 1.1). It is light or dark like the viewer, and contains no font.
  var svg: String {
    let picture = PictureLayout.picture(of: self)
    let (width, height) = (picture.width, picture.height)
    var lines = [
      #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(width)" height="\#(height)" viewBox="0 0 \#(width) \#(height)" role="img">"#,
      "<title>\(XML.text(picture.title))</title>",
      SVGStyle.element,
      #"<rect class="paper" width="\#(width)" height="\#(height)"/>"#,
      #"<text class="title" x="24" y="34">\#(XML.text(picture.title))</text>"#,
    ]
    lines += picture.captions.map { #"<text class="caption" x="\#($0.x)" y="\#($0.y)">\#(XML.text($0.text))</text>"# }
    lines += picture.lines.map(\.svg)
    lines += picture.boxes.flatMap(\.svg)
    for entry in picture.legend {
      lines.append(#"<path class="line c0\#(entry.style.svgClass)" d="M\#(entry.x) \#(entry.y)h32"/>"#)
      lines.append(#"<text class="dim" x="\#(entry.x + 44)" y="\#(entry.y + 4)">\#(XML.text(entry.text))</text>"#)
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }
}

extension Picture.Line {
  fileprivate var svg: String {
    let bend = (to.x - from.x) / 2
    let path = "M\(from.x) \(from.y)C\(from.x + bend) \(from.y) \(to.x - bend) \(to.y) \(to.x) \(to.y)"
    return #"<path class="line c\#(colour)\#(style.svgClass)" d="\#(path)"/>"#
  }
}

extension Picture.Line.Style {
  fileprivate var svgClass: String {
    switch self {
    case .plain: ""
    case .defaultRoute: " thick"
    case .onRequest: " dashed"
    }
  }
}

extension Picture.Box {
  fileprivate var svg: [String] {
    let rectangle = #"x="\#(x)" y="\#(y)" width="\#(width)" height="\#(height)" rx="6""#
    var lines = ["<g><title>\(XML.text(tooltip))</title>"]
    switch shape {
    case .owner: lines.append(#"<rect class="box owner" \#(rectangle)/>"#)
    case .device: lines.append(#"<rect class="box" \#(rectangle)/>"#)
    case .network(let colour, let isUnused):
      lines.append(#"<rect class="box\#(isUnused ? " dashed" : "")" \#(rectangle)/>"#)
      lines.append(#"<path class="stripe c\#(colour)" d="M\#(x + 3) \#(y + 6)v\#(height - 12)"/>"#)
    }
    lines += rules.map { #"<path class="rule" d="M\#(x) \#(y + $0)h\#(width)"/>"# }
    lines += texts.map { #"<text class="\#($0.style)" x="\#(x + $0.x)" y="\#(y + $0.y)">\#(XML.text($0.text))</text>"# }
    return lines + ["</g>"]
  }
}

/// Colours and fonts. A viewer that does not know the query for dark mode shows the light colours, on a light background.
private enum SVGStyle {
  private static let light = ["#0969da", "#1a7f37", "#bc4c00", "#8250df", "#bf3989", "#9a6700", "#0e7490", "#cf222e"]
  private static let dark = ["#58a6ff", "#3fb950", "#f0883e", "#bc8cff", "#f778ba", "#d29922", "#39c5cf", "#ff7b72"]

  static let element = """
    <style>
    text{font:13px "DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,ui-monospace,monospace}
    .title{font-size:15px;font-weight:bold}
    .strong{font-weight:bold}
    .line,.stripe,.rule{fill:none}
    .line{stroke-width:1.5}
    .stripe{stroke-width:4;stroke-linecap:round}
    .thick{stroke-width:3.5}
    .dashed{stroke-dasharray:5 4}
    \(colours(paper: "#ffffff", box: "#f6f8fa", owner: "#ffffff", edge: "#818b98", text: "#1f2328", dim: "#59636e", light))
    @media (prefers-color-scheme:dark){
    \(colours(paper: "#0d1117", box: "#161b22", owner: "#0d1117", edge: "#6e7681", text: "#e6edf3", dim: "#9198a1", dark))
    }
    </style>
    """

  private static func colours(
    paper: String, box: String, owner: String, edge: String, text: String, dim: String, _ networks: [String]
  ) -> String {
    let lines = [
      ".paper{fill:\(paper)}", ".box{fill:\(box);stroke:\(edge)}", ".owner{fill:\(owner)}",
      ".rule{stroke:\(edge);stroke-opacity:.5}",
      "text{fill:\(text)}", ".dim,.caption{fill:\(dim)}",
    ]
    return (lines + networks.enumerated().map { ".c\($0.offset){stroke:\($0.element)}" }).joined(separator: "\n")
  }
}
