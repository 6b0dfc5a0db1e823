/// Places the owners, networks and links of a wiring in three columns. Boxes do not overlap, and few lines cross.
struct PictureLayout {
  /// The width of a character. The usual fonts have a little less at 13 px.
  static let cell = 8
  static let lineHeight = 18
  static let padding = 12
  static let margin = 24
  private static let gap = 18
  static let columns = 46

  let wiring: Wiring
  private(set) var owners: [OwnerBox] = []
  private(set) var networks: [Picture.Box] = []
  private(set) var devices: [Picture.Box] = []
  /// The networks from top to bottom.
  private(set) var order: [Int] = []

  init(_ wiring: Wiring) { self.wiring = wiring }

  /// The picture of the wiring.
  static func picture(of wiring: Wiring) -> Picture {
    var layout = PictureLayout(wiring)
    layout.fill()
    layout.sort()
    layout.stack()
    return layout.picture()
  }

  private mutating func fill() {
    owners = wiring.owners.map(OwnerBox.init)
    for (i, network) in wiring.networks.enumerated() {
      let shape = Picture.Shape.network(colour: i % Picture.colours, isUnused: network.isUnused)
      networks.append(Picture.Box(network.name, network.lines + (network.isUnused ? ["unused"] : []), shape))
    }
    devices = wiring.devices.map { Picture.Box($0.name, $0.roles, .device) }
  }

  // MARK: - Order and places

  /// A network stands at the mean height of its users. Networks that nobody uses come last.
  private mutating func sort() {
    var uses = [(sum: Int, count: Int)](repeating: (0, 0), count: networks.count)
    for (row, interface) in wiring.owners.flatMap(\.interfaces).enumerated() {
      uses[interface.network] = (uses[interface.network].sum + row, uses[interface.network].count + 1)
    }
    let places = uses.map { $0.count == 0 ? Double.infinity : Double($0.sum) / Double($0.count) }
    order = networks.indices.sorted { (places[$0], $0) < (places[$1], $1) }
  }

  private mutating func stack() {
    var y = 0
    for i in order {
      networks[i].y = y
      y += networks[i].height + Self.gap
    }
    placeOwners()
    placeDevices()
    spread()
  }

  private mutating func placeOwners() {
    if owners.count == 1 { return placeOnlyOwner() }
    let wanted = owners.indices.map { i in
      Self.mean(wiring.owners[i].interfaces.map { networks[$0.network].middle }) - owners[i].box.height / 2
    }
    let tops = Self.tops(wanted, heights: owners.map(\.box.height), gap: Self.gap)
    for (i, y) in tops.enumerated() { owners[i].box.y = y }
  }

  /// Stretches the box of a single Pod to the height of its networks. Each interface then stands opposite its network.
  private mutating func placeOnlyOwner() {
    let wanted = wiring.owners[0].interfaces.enumerated().map {
      networks[$0.element.network].middle - owners[0].rows[$0.offset] / 2
    }
    let tops = Self.tops(wanted, heights: owners[0].rows, gap: 0)
    guard let first = tops.first else { return }
    owners[0].box.y = first - owners[0].head
    owners[0].spread(tops.map { $0 - owners[0].box.y })
  }

  private mutating func placeDevices() {
    var users = [[Int]](repeating: [], count: devices.count)
    for i in order { if let device = wiring.networks[i].device { users[device].append(networks[i].middle) } }
    let wanted = devices.indices.map { Self.mean(users[$0]) - devices[$0].height / 2 }
    let sorted = devices.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    let tops = Self.tops(sorted.map { wanted[$0] }, heights: sorted.map { devices[$0].height }, gap: Self.gap)
    for (i, y) in zip(sorted, tops) { devices[i].y = y }
  }

  /// Places the columns side by side, below the captions.
  private mutating func spread() {
    let all = owners.map(\.box) + networks + devices
    let down = Self.margin + 3 * Self.lineHeight - (all.map(\.y).min() ?? 0)
    let edges = wiring.owners.reduce(0) { $0 + $1.interfaces.count }
    let widths = [owners.map(\.box), networks, devices].map { boxes in max(120, boxes.map(\.width).max() ?? 0) }
    let second = Self.margin + widths[0] + 72 + min(160, 3 * edges)
    let third = second + widths[1] + 72 + min(120, 3 * networks.count)
    for i in owners.indices { owners[i].box.place(Self.margin, down, widths[0]) }
    for i in networks.indices { networks[i].place(second, down, widths[1]) }
    for i in devices.indices { devices[i].place(third, down, widths[2]) }
  }

  private static func mean(_ values: [Int]) -> Int { values.isEmpty ? 0 : values.reduce(0, +) / values.count }

  /// Finds places for boxes, in their order, that do not overlap and are as near as possible to the wanted places.
  ///
  /// Neighbours that would overlap form a group, and the group stands around the mean of their wanted places (isotonic regression by
  /// pooling adjacent violators).
  static func tops(_ wanted: [Int], heights: [Int], gap: Int) -> [Int] {
    var offset = 0
    var groups: [(sum: Int, count: Int)] = []
    for (want, height) in zip(wanted, heights) {
      groups.append((want - offset, 1))
      offset += height + gap
      while groups.count > 1, let last = groups.last {
        let before = groups[groups.count - 2]
        guard before.sum * last.count > last.sum * before.count else { break }
        groups.removeLast(2)
        groups.append((before.sum + last.sum, before.count + last.count))
      }
    }
    offset = 0
    let places = groups.flatMap { [Int](repeating: Int((Double($0.sum) / Double($0.count)).rounded()), count: $0.count) }
    return zip(places, heights).map { place, height in
      defer { offset += height + gap }
      return place + offset
    }
  }
}
