extension PictureLayout {
  /// The picture, made from the places of all boxes.
  func picture() -> Picture {
    var picture = Picture(title: PictureText.cut(PictureText.harmless(wiring.title), to: 90))
    picture.boxes = owners.map(\.box) + networks + devices
    let y = Self.margin + 2 * Self.lineHeight
    for (text, boxes) in [("Pods", owners.map(\.box)), ("Networks", networks), ("Node", devices)] {
      if let first = boxes.first { picture.captions.append(.init(text: text, x: first.x, y: y)) }
    }
    picture.lines = deviceLines() + ownerLines()
    let bottom = (picture.boxes.map { $0.y + $0.height }.max() ?? y) + Self.margin
    addLegend(&picture, y: bottom)
    let right = picture.boxes.map { $0.x + $0.width }.max() ?? 0
    let legend = picture.legend.map { $0.x + 44 + PictureText.width($0.text) * Self.cell }.max() ?? 0
    let title = Self.margin + PictureText.width(picture.title) * (Self.cell + 2)
    picture.width = max(right, legend, title, 240) + Self.margin
    picture.height = bottom + (picture.legend.isEmpty ? 0 : Self.lineHeight + Self.padding)
    return picture
  }

  /// The lines that end at one box. They arrive one below the other, in the order of their starting points.
  private func ownerLines() -> [Picture.Line] {
    var ends = PortSpread(networks)
    for owner in wiring.owners { for interface in owner.interfaces { ends.count(interface.network) } }
    return zip(wiring.owners, owners).flatMap { owner, box in
      zip(owner.interfaces, box.ports).map { interface, port in
        let style: Picture.Line.Style = interface.isOnRequest ? .onRequest : interface.hasDefaultRoute ? .defaultRoute : .plain
        return Picture.Line(
          from: (box.box.x + box.box.width, box.box.y + port), to: ends.next(interface.network), style: style,
          colour: interface.network % Picture.colours)
      }
    }
  }

  private func deviceLines() -> [Picture.Line] {
    var ends = PortSpread(devices)
    for network in wiring.networks { if let device = network.device { ends.count(device) } }
    return order.compactMap { i in
      guard let device = wiring.networks[i].device else { return nil }
      let from = (networks[i].x + networks[i].width, networks[i].middle)
      return Picture.Line(from: from, to: ends.next(device), style: .plain, colour: i % Picture.colours)
    }
  }

  private func addLegend(_ picture: inout Picture, y: Int) {
    let meanings: [(Picture.Line.Style, String)] = [
      (.defaultRoute, "default route"), (.onRequest, "only if the Pod asks for it"),
    ]
    var x = Self.margin
    for (style, text) in meanings where picture.lines.contains(where: { $0.style == style }) {
      picture.legend.append((style, text, x, y))
      x += 44 + (PictureText.width(text) + 3) * Self.cell
    }
  }
}

/// The places on the left side of boxes where lines end.
private struct PortSpread {
  let boxes: [Picture.Box]
  private var counts: [Int]
  private var used: [Int]

  init(_ boxes: [Picture.Box]) {
    self.boxes = boxes
    counts = Array(repeating: 0, count: boxes.count)
    used = counts
  }

  mutating func count(_ box: Int) { counts[box] += 1 }

  mutating func next(_ box: Int) -> (x: Int, y: Int) {
    used[box] += 1
    return (boxes[box].x, boxes[box].y + boxes[box].height * used[box] / (counts[box] + 1))
  }
}
